"""Start a job and wait for its end, with nothing but an access key.

export STAGEDOOR_URL=http://127.0.0.1:8120/acme/dev STAGEDOOR_KEY=sd_… STAGEDOOR_FOLDER=Shared
python start_a_job.py InvoiceBot
"""

import json
import sys
import time

from stagedoor.client import Refused, Stagedoor

ENDED = {"Successful", "Faulted", "Stopped"}


def main(process: str) -> int:
    with Stagedoor.from_environment() as stagedoor:
        start = {"ReleaseName": process, "JobsCount": 1, "InputArguments": json.dumps({"month": "2026-11"})}
        job = stagedoor.call("Jobs_StartJobs", json={"startInfo": start})["value"][0]
        while job["State"] not in ENDED:
            time.sleep(0.5)
            job = stagedoor.call("Jobs_GetById", fields={"key": job["Id"]})
        print(f"Job {job['Id']}: {job['State']}. {job.get('OutputArguments') or ''}")
        return 0 if job["State"] == "Successful" else 1


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else "InvoiceBot"))
    except Refused as refusal:
        sys.exit(f"{refusal}\nAsk for a key that may do: {', '.join(refusal.smallest_grant)}")
