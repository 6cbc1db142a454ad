"""Add items to a queue, several at a time, from asynchronous code, and list the queues that there are.

export STAGEDOOR_URL=http://127.0.0.1:8120/acme/dev STAGEDOOR_KEY=sd_… STAGEDOOR_FOLDER=Shared
python add_queue_items.py Invoices
"""

import asyncio
import sys

from stagedoor.client import AsyncStagedoor

AT_ONCE = 4


async def main(queue: str) -> None:
    async with AsyncStagedoor.from_environment() as stagedoor:
        slots = asyncio.Semaphore(AT_ONCE)

        async def add(number: int) -> int:
            item = {"Name": queue, "Priority": "Normal", "SpecificContent": {"invoice": f"2026-{number:04}"}}
            async with slots:
                added = await stagedoor.call("Queues_AddQueueItem", json={"itemData": item})
            return int(added["Id"])

        print("added", sorted(await asyncio.gather(*(add(number) for number in range(1, 11)))))
        async for definition in stagedoor.items("QueueDefinitions_Get", fields={"orderby": "Name"}):
            print(definition["Id"], definition["Name"])


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1] if len(sys.argv) > 1 else "Invoices"))
