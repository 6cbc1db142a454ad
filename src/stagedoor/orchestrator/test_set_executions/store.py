"""All SQL of test executions."""

from collections.abc import Collection, Sequence

from sqlalchemy import ColumnElement, Row, Select, case, exists, select
from sqlalchemy.orm import Session

from stagedoor.orchestrator.jobs.models import Job
from stagedoor.orchestrator.releases.models import Release
from stagedoor.orchestrator.scripted_robots.states import JobState
from stagedoor.orchestrator.test_cases.models import CaseDefinition
from stagedoor.orchestrator.test_set_executions.models import (
    CaseAssertion,
    CaseExecution,
    ExecutionAttachment,
    SetExecution,
)
from stagedoor.orchestrator.test_set_executions.schemas import Status
from stagedoor.orchestrator.test_sets.models import SetCase
from stagedoor.passage import FolderPlace

UNDER_WAY = {
    JobState.PENDING: Status.PENDING,
    JobState.RESUMED: Status.PENDING,
    JobState.RUNNING: Status.RUNNING,
    JobState.SUSPENDED: Status.RUNNING,
    JobState.STOPPING: Status.CANCELLING,
    JobState.TERMINATING: Status.CANCELLING,
}
"""Where a test case stands while its job is under way."""


def in_folder(folder: FolderPlace) -> ColumnElement[bool]:
    """Return the condition that a test set's run belongs to the folder."""
    return SetExecution.folder_id == folder.id


def has_id(execution_id: int) -> ColumnElement[bool]:
    """Return the condition that picks one run of a test set."""
    return SetExecution.id == execution_id


def case_in_folder(folder: FolderPlace) -> ColumnElement[bool]:
    """Return the condition that a test case's run belongs to the folder."""
    return CaseExecution.folder_id == folder.id


def case_has_id(ids: Collection[int]) -> ColumnElement[bool]:
    """Return the condition that picks some runs of test cases."""
    return CaseExecution.id.in_(ids)


def attached_to_case(case_execution_id: int) -> ColumnElement[bool]:
    """Return the condition that a file belongs to a test case's run."""
    return ExecutionAttachment.case_execution_id == case_execution_id


def attached_to_set(execution_id: int) -> Sequence[ColumnElement[bool]]:
    """Return the conditions that a file belongs to a test set's run, and to none of its cases."""
    return (ExecutionAttachment.execution_id == execution_id, ExecutionAttachment.case_execution_id.is_(None))


def add(session: Session, *rows: SetExecution | CaseExecution | CaseAssertion | ExecutionAttachment) -> None:
    """Store new rows."""
    session.add_all(rows)
    session.flush()


def find_execution(session: Session, folder: FolderPlace, tenant_id: str, wanted: int | str) -> SetExecution | None:
    """Return the folder's run of a test set by its id or its batch key, the latest of several with that key."""
    named = SetExecution.id == wanted if isinstance(wanted, int) else SetExecution.batch_execution_key == wanted
    return session.scalar(
        select(SetExecution)
        .where(named, SetExecution.tenant_id == tenant_id, SetExecution.folder_id == folder.id)
        .order_by(SetExecution.id.desc())
        .limit(1)
    )


def find_case(session: Session, folder: FolderPlace, tenant_id: str, wanted: int | str) -> CaseExecution | None:
    """Return the folder's run of a test case by its id or its job's key."""
    named = CaseExecution.id == wanted if isinstance(wanted, int) else CaseExecution.job_key == wanted
    return session.scalar(
        select(CaseExecution).where(named, CaseExecution.tenant_id == tenant_id, CaseExecution.folder_id == folder.id)
    )


def list_cases_to_change(
    session: Session, folder: FolderPlace, tenant_id: str, ids: Collection[int]
) -> Sequence[CaseExecution]:
    """Return those of the runs of test cases that are the folder's, by id, locked until the transaction ends."""
    conditions = [CaseExecution.tenant_id == tenant_id, CaseExecution.folder_id == folder.id, CaseExecution.id.in_(ids)]
    return session.scalars(select(CaseExecution).where(*conditions).order_by(CaseExecution.id).with_for_update()).all()


def list_cases_of(session: Session, execution_id: int) -> Sequence[CaseExecution]:
    """Return the runs of test cases that count in a test set's run, in their turn, locked."""
    cases = select(CaseExecution).where(
        CaseExecution.execution_id == execution_id, CaseExecution.is_superseded.is_(False)
    )
    return session.scalars(cases.order_by(CaseExecution.execution_order, CaseExecution.id).with_for_update()).all()


def is_any_behind(session: Session, tenant_id: str) -> bool:
    """Tell whether a test case's job is somewhere else by now than the case."""
    return bool(session.scalar(select(exists(_behind(tenant_id).with_only_columns(CaseExecution.id)))))


def list_behind(session: Session, tenant_id: str) -> Sequence[Row[CaseExecution, Job]]:
    """Return the test cases whose jobs are somewhere else by now, each with its job, by id and locked."""
    return session.execute(_behind(tenant_id).order_by(CaseExecution.id).with_for_update(of=CaseExecution)).all()


def get_execution_to_change(session: Session, execution_id: int) -> SetExecution:
    """Return a test set's run, locked until the transaction ends."""
    return session.scalars(select(SetExecution).where(SetExecution.id == execution_id).with_for_update()).one()


def find_job(session: Session, job_id: int | None) -> Job | None:
    """Return a case's job, locked until the transaction ends, if it is still there."""
    return session.scalar(select(Job).where(Job.id == job_id).with_for_update())


def find_release(session: Session, release_id: int | None) -> Release | None:
    """Return a case's process, if it is still there."""
    return session.scalar(select(Release).where(Release.id == release_id))


def list_cases_of_set(session: Session, set_id: int) -> Sequence[Row[SetCase, CaseDefinition, Release]]:
    """Return the cases of a set that are not switched off, each with its definition and process, by id."""
    return session.execute(
        select(SetCase, CaseDefinition, Release)
        .join(CaseDefinition, CaseDefinition.id == SetCase.definition_id)
        .join(Release, Release.id == SetCase.release_id)
        .where(SetCase.set_id == set_id, SetCase.enabled.is_(True))
        .order_by(SetCase.id)
    ).all()


def find_assertion(session: Session, folder: FolderPlace, tenant_id: str, assertion_id: int) -> CaseAssertion | None:
    """Return an assertion of a test case's run in the folder."""
    return session.scalar(
        select(CaseAssertion)
        .join(CaseExecution, CaseExecution.id == CaseAssertion.case_execution_id)
        .where(
            CaseAssertion.id == assertion_id,
            CaseAssertion.tenant_id == tenant_id,
            CaseExecution.folder_id == folder.id,
        )
    )


def find_attachment(
    session: Session, folder: FolderPlace, tenant_id: str, attachment_id: int, *, is_of_case: bool
) -> ExecutionAttachment | None:
    """Return an attachment of a run in the folder, of a case's or of a whole set's."""
    owner = ExecutionAttachment.case_execution_id
    return session.scalar(
        select(ExecutionAttachment)
        .join(SetExecution, SetExecution.id == ExecutionAttachment.execution_id)
        .where(
            ExecutionAttachment.id == attachment_id,
            ExecutionAttachment.tenant_id == tenant_id,
            SetExecution.folder_id == folder.id,
            owner.is_not(None) if is_of_case else owner.is_(None),
        )
    )


def _behind(tenant_id: str) -> Select[CaseExecution, Job]:
    # A job at its end has no status here, so that its case is behind until it is closed.
    follows = case(*((Job.state == state, status) for state, status in UNDER_WAY.items()), else_=-1)
    return (
        select(CaseExecution, Job)
        .join(Job, Job.id == CaseExecution.job_id)
        .where(CaseExecution.tenant_id == tenant_id, CaseExecution.is_open, CaseExecution.status != follows)
    )
