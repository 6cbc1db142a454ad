"""Checking an access key: its form, its keyed hash, its state, and who its caller is."""

import random
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

from sqlalchemy import insert

from bench.figures import Figure
from bench.house import prepare_house
from bench.progress import Progress
from bench.timing import time_calls
from stagedoor.door.house import open_house
from stagedoor.identity.api_users.key_form import DrawnKey, draw_key
from stagedoor.identity.api_users.models import AccessKey, ApiUser
from stagedoor.kit.chance import SeededChance, random_guid
from stagedoor.kit.crypto import Vault
from stagedoor.kit.settings import Settings
from stagedoor.passage import Caller

ROW = "access key"
FEW_KEYS, MANY_KEYS = 10, 100_000
ROUNDS = 7
CALLS_A_ROUND = 20_000
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def measure(directory: Path, progress: Progress) -> list[Figure]:
    """Return microseconds a check with few and with many keys in memory. The design sets no budget for it."""
    medians: dict[int, list[float]] = {}
    for count in (FEW_KEYS, MANY_KEYS):
        progress.say(f"{ROW}: {count:,} keys")
        medians[count] = _measure_with(count, directory / str(count))
    growth = [many / few for few, many in zip(medians[FEW_KEYS], medians[MANY_KEYS], strict=True)]
    return [
        Figure(row=ROW, name=f"{FEW_KEYS} keys", samples=medians[FEW_KEYS], unit="µs"),
        Figure(row=ROW, name=f"{MANY_KEYS:,} keys", samples=medians[MANY_KEYS], unit="µs"),
        Figure(row=ROW, name=f"growth from {FEW_KEYS} to {MANY_KEYS:,} keys", samples=growth, unit="×"),
    ]


def _measure_with(count: int, data_dir: Path) -> list[float]:
    prepare_house(data_dir)
    drawn = _store_keys(count, data_dir)
    with open_house(Settings(data_dir=data_dir)) as house:
        ring = house.key_ring

        def check(presented: str) -> None:
            assert isinstance(ring.check(presented, NOW), Caller)

        chosen = random.Random(7).choices([key.key.reveal() for key in drawn], k=CALLS_A_ROUND)
        return [median(time_calls(check, chosen)) for _ in range(ROUNDS)]


def _store_keys(count: int, data_dir: Path) -> list[DrawnKey]:
    """Put keys into the store in bulk: making them one by one would take minutes."""
    chance = SeededChance(count)
    vault = Vault(bytes.fromhex((data_dir / "master.key").read_text()))
    with open_house(Settings(data_dir=data_dir)) as house, house.database.write() as session:
        organization = house.directory.find_organization(house.first_start.organization)
        assert organization is not None
        tenant = organization.tenants[0].place
        drawn = [draw_key(chance) for _ in range(count)]
        owner = {"id": random_guid(chance), "organization_id": organization.id, "name": "bench"}
        session.execute(insert(ApiUser).values(**owner, owner_group="bench", created_at=NOW, created_by="bench"))
        rows = [
            {
                "id": key.id,
                "organization_id": organization.id,
                "tenant_id": tenant.tenant_id,
                "api_user_id": owner["id"],
                "name": f"key {number}",
                "secret_hash": vault.keyed_hash(key.key.reveal()),
                "allow": ["Jobs_Get"],
                "networks": [],
                "created_at": NOW,
                "created_by": "bench",
            }
            for number, key in enumerate(drawn)
        ]
        session.execute(insert(AccessKey), rows)
    return drawn
