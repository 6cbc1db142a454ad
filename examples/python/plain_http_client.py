"""The credentials alone, with a plain HTTP client: nothing else of Stagedoor's library is used.

export STAGEDOOR_URL=http://127.0.0.1:8120/acme/dev STAGEDOOR_KEY=sd_…
python plain_http_client.py
"""

import os

import httpx2

from stagedoor.client import AccessKey


def main() -> None:
    base_url = os.environ["STAGEDOOR_URL"].rstrip("/") + "/orchestrator_"
    with httpx2.Client(base_url=base_url, auth=AccessKey(os.environ["STAGEDOOR_KEY"])) as http:
        answer = http.get("/odata/Jobs", params={"$top": 3, "$orderby": "Id desc"})
        answer.raise_for_status()
        for job in answer.json()["value"]:
            print(job["Id"], job["ReleaseName"], job["State"])


if __name__ == "__main__":
    main()
