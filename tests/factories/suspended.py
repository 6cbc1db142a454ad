"""A job that waits to be resumed, as a script of the scripted robots has it."""

import json
from typing import Any

from tests.factories.administrator import Administrator
from tests.factories.patience import eventually

SUSPENDS = {"Scripted-Robot": json.dumps({"ending": "suspend", "pendingSeconds": 0, "runningSeconds": 0})}


def start_suspended_job(administrator: Administrator) -> dict[str, Any]:
    """Start a job of the sample process and return it once it is suspended."""
    orchestrator = administrator.orchestrator
    folder = {"X-UIPATH-FolderPath": administrator.house.folder}
    started = orchestrator.post(
        "/odata/Jobs/UiPath.Server.Configuration.OData.StartJobs",
        json={"startInfo": {"ReleaseName": "InvoiceBot"}},
        headers={**folder, **SUSPENDS},
    )
    [job] = started.json()["value"]
    suspended: dict[str, Any] = eventually(
        lambda: orchestrator.get(f"/odata/Jobs({job['Id']})", headers=folder).json(),
        lambda seen: seen["State"] == "Suspended",
    )
    return suspended
