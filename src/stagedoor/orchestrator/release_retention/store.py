"""Which jobs have outlived their process's setting, and whose settings a folder sees."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, select

from stagedoor.orchestrator.jobs.models import Job
from stagedoor.orchestrator.release_retention.models import ReleaseRetention
from stagedoor.orchestrator.releases.models import Release
from stagedoor.orchestrator.retention import Kind, Retention
from stagedoor.orchestrator.scripted_robots.states import FINAL_STATES


def _outlived(release_id: int, kind: int, before: datetime) -> Sequence[ColumnElement[bool]] | None:
    if kind == Kind.STALE:
        # A job that has not ended may still run; nothing takes it away from its robot.
        return None
    # What ended before was made before, which an index narrows to.
    is_old = (Job.created_at < before, Job.ended_at < before)
    return (Job.release_id == release_id, Job.state.in_(sorted(FINAL_STATES)), *is_old)


RELEASE_RETENTION = Retention(
    set_name="ReleaseRetention",
    entity_name="ReleaseRetentionSettingDto",
    field="ReleaseId",
    table=ReleaseRetention,
    thing=ReleaseRetention.release_id,
    rows=Job.id,
    outlived=_outlived,
)


def in_folder(folder_id: int) -> Sequence[ColumnElement[bool]]:
    """Return the condition that the setting's release is in the folder."""
    return (ReleaseRetention.release_id.in_(select(Release.id).where(Release.folder_id == folder_id)),)
