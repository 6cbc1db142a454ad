"""Running test sets: start, cancel and repeat; each within one folder of one tenant."""

from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from stagedoor.kit.chance import random_guid
from stagedoor.orchestrator.call import Call
from stagedoor.orchestrator.errors import Conflict, InvalidRequest, NotFound
from stagedoor.orchestrator.folder_place import get_folder
from stagedoor.orchestrator.jobs.service import stop_jobs
from stagedoor.orchestrator.scripted_robots.states import FINAL_STATES, StopStrategy
from stagedoor.orchestrator.test_cases.models import CaseDefinition
from stagedoor.orchestrator.test_cases.store import list_in_version
from stagedoor.orchestrator.test_set_executions import store
from stagedoor.orchestrator.test_set_executions.conductor import Conductor, conductor_of
from stagedoor.orchestrator.test_set_executions.models import CaseExecution, SetExecution
from stagedoor.orchestrator.test_set_executions.progress import (
    close_case,
    settle_execution,
    start_case,
    write_arguments,
)
from stagedoor.orchestrator.test_set_executions.schemas import (
    COVERAGE_STATUS,
    DEFAULT_RUNTIME,
    CaseOptions,
    Repetition,
    RunRequest,
    Seating,
    Status,
)
from stagedoor.orchestrator.test_sets.models import CaseSet, SetArgument, SetCase
from stagedoor.orchestrator.test_sets.store import list_arguments

EXECUTIONS_AT_ONCE_MAX = 1_000
_TRUTHS = {"true": True, "false": False}


def run_set(conductor: Conductor, test_set: CaseSet, request: RunRequest) -> SetExecution:
    """Start a run of a test set, a job a case, and return it.

    Raises ``Conflict`` (409) for a set that is switched off, ``NotFound`` for a case, robot or machine that is not
    there, and ``InvalidRequest`` where there is nothing to run.
    """
    if not test_set.enabled:
        raise Conflict(f"The test set {test_set.name!r} is disabled.")
    seating = request.seating
    now = conductor.clock.now()
    execution = SetExecution(
        tenant_id=test_set.tenant_id,
        folder_id=test_set.folder_id,
        name=test_set.name,
        set_id=test_set.id,
        status=Status.PENDING,
        trigger_type=request.trigger_type,
        schedule_id=request.schedule_id,
        batch_execution_key=request.batch_execution_key or random_guid(conductor.chance),
        coverage_status=COVERAGE_STATUS.members["Disabled"],
        run_id=1,
        enforce_order=bool(seating.enforce_order),
        robot_id=seating.robot_id or test_set.robot_id,
        machine_id=seating.machine_id,
        runtime_type=DEFAULT_RUNTIME if seating.runtime_type is None else seating.runtime_type,
        remote_control_access=request.remote_control_access,
        script=_script_of(conductor),
        created_at=now,
        creator_user_number=conductor.user_number,
    )
    store.add(conductor.session, execution)
    cases = _plan(conductor, test_set, execution, request)
    if not cases:
        raise InvalidRequest(
            f"The test set {test_set.name!r} has no test case to run.",
            hint="Add test cases, enable them, or name those that the set has.",
        )
    _start(conductor, execution, cases)
    return execution


def cancel_case(call: Call, case: CaseExecution) -> None:
    """Ask a test case's run to end; one that is at its end stays as it is."""
    execution = store.get_execution_to_change(call.session, case.execution_id)
    _cancel(call, [case])
    settle_execution(conductor_of(call), execution)


def cancel_set(call: Call, execution: SetExecution) -> None:
    """Ask everything in a test set's run to end; what is at its end stays as it is."""
    execution = store.get_execution_to_change(call.session, execution.id)
    _cancel(call, store.list_cases_of(call.session, execution.id))
    settle_execution(conductor_of(call), execution)


def repeat_cases(call: Call, wanted: Sequence[Repetition], seating: Seating) -> Sequence[CaseExecution]:
    """Run cases again in the same run of their test set, and return the new ones.

    Raises ``NotFound`` for a case that is not there, ``InvalidRequest`` for cases of several runs and ``Conflict``
    (409) for one that is still under way or was run again since.
    """
    by_id = {each.case_execution_id: each for each in wanted}
    folder = get_folder(call)
    cases = store.list_cases_to_change(call.session, folder, call.tenant.tenant_id, by_id)
    missing = sorted(set(by_id) - {case.id for case in cases})
    if missing:
        raise NotFound(f"There is no test case execution {missing[0]} in this folder.")
    if len({case.execution_id for case in cases}) > 1:
        raise InvalidRequest("The test case executions belong to several test set executions.")
    for case in cases:
        if case.is_open or case.is_superseded:
            what = "is not at its end" if case.is_open else "was executed again already"
            raise Conflict(f"The test case execution {case.id} {what}.")
    execution = store.get_execution_to_change(call.session, cases[0].execution_id)
    execution.run_id += 1
    execution.robot_id = seating.robot_id or execution.robot_id
    execution.machine_id = seating.machine_id or execution.machine_id
    execution.runtime_type = execution.runtime_type if seating.runtime_type is None else seating.runtime_type
    execution.enforce_order = execution.enforce_order if seating.enforce_order is None else seating.enforce_order
    conductor = conductor_of(call)
    execution.script = _script_of(conductor)
    again = [_repeat(case, by_id[case.id], execution) for case in cases]
    store.add(call.session, *again)
    _start(conductor, execution, again)
    return again


def get_execution(call: Call, wanted: int | str) -> SetExecution:
    """Return the folder's run of a test set by its id or its batch key, or raise ``NotFound``."""
    execution = store.find_execution(call.session, get_folder(call), call.tenant.tenant_id, wanted)
    if execution is None:
        raise NotFound(f"There is no test set execution {wanted} in this folder.")
    return execution


def get_case(call: Call, wanted: int | str) -> CaseExecution:
    """Return the folder's run of a test case by its id or its job's key, or raise ``NotFound``."""
    case = store.find_case(call.session, get_folder(call), call.tenant.tenant_id, wanted)
    if case is None:
        raise NotFound(f"There is no test case execution {wanted} in this folder.")
    return case


def _plan(conductor: Conductor, test_set: CaseSet, execution: SetExecution, request: RunRequest) -> list[CaseExecution]:
    fixed = _arguments_of(list_arguments(conductor.session, test_set.id))
    said = list(request.cases)
    planned: list[CaseExecution] = []
    for case, definition, release in store.list_cases_of_set(conductor.session, test_set.id):
        options = next((each for each in said if _is_meant(each, definition)), None)
        if options is not None:
            said.remove(options)
        elif request.only_these:
            continue
        order = len(planned) if options is None or options.execution_order is None else options.execution_order
        path = _path_of(conductor, case, definition)
        for number, arguments in enumerate((options.variations if options else ()) or [{}], start=1):
            planned.append(
                CaseExecution(
                    tenant_id=execution.tenant_id,
                    folder_id=execution.folder_id,
                    execution_id=execution.id,
                    case_id=case.id,
                    release_id=release.id,
                    release_version_id=release.current_version_id,
                    version_number=release.process_version,
                    entry_point_path=path,
                    is_open=True,
                    is_superseded=False,
                    status=Status.PENDING,
                    input_arguments=write_arguments({**fixed, **arguments}),
                    runtime_type=execution.runtime_type,
                    run_id=1,
                    execution_order=order,
                    data_variation_identifier=str(number) if options and len(options.variations) > 1 else None,
                    test_manager_case_id=options.test_manager_case_id if options else None,
                )
            )
            if len(planned) > EXECUTIONS_AT_ONCE_MAX:
                raise InvalidRequest(f"A run may have {EXECUTIONS_AT_ONCE_MAX} test case executions.")
    if said:
        raise NotFound(f"The test set has no test case {said[0].unique_id} to run.")
    planned.sort(key=lambda each: each.execution_order)
    store.add(conductor.session, *planned)
    return planned


def _is_meant(options: CaseOptions, definition: CaseDefinition) -> bool:
    package = options.package_identifier
    return definition.unique_id == options.unique_id and (
        package is None or package.casefold() == definition.package_folded
    )


def _path_of(conductor: Conductor, case: SetCase, definition: CaseDefinition) -> str | None:
    held = list_in_version(
        conductor.session, definition.tenant_id, definition.feed_id, definition.package_name, case.version_number
    )
    return next((path for each, path in held if each.id == definition.id), None)


def _start(conductor: Conductor, execution: SetExecution, cases: Sequence[CaseExecution]) -> None:
    now = conductor.clock.now()
    for case in cases[:1] if execution.enforce_order else cases:
        start_case(conductor, execution, case, now)
    conductor.session.flush()
    settle_execution(conductor, execution)


def _script_of(conductor: Conductor) -> dict[str, Any] | None:
    return None if conductor.script is None else conductor.script.to_json()


def _cancel(call: Call, cases: Sequence[CaseExecution]) -> None:
    now = call.clock.now()
    for case in cases:
        if not case.is_open:
            continue
        job = store.find_job(call.session, case.job_id)
        if job is None:
            close_case(case, Status.CANCELLED, now, "Test case was cancelled")
        elif job.state not in FINAL_STATES:
            stop_jobs(call.session, [job], StopStrategy.SOFT_STOP, clock=call.clock)
            case.status = Status.CANCELLING
    call.session.flush()


def _repeat(case: CaseExecution, wanted: Repetition, execution: SetExecution) -> CaseExecution:
    case.is_superseded = True
    arguments = wanted.input_arguments
    return CaseExecution(
        **{name: getattr(case, name) for name in _KEPT_WHEN_REPEATED},
        is_open=True,
        is_superseded=False,
        status=Status.PENDING,
        input_arguments=case.input_arguments if arguments is None else write_arguments(dict(arguments)),
        runtime_type=execution.runtime_type,
        run_id=execution.run_id,
        execution_order=case.execution_order if wanted.execution_order is None else wanted.execution_order,
    )


_KEPT_WHEN_REPEATED = (
    "tenant_id",
    "folder_id",
    "execution_id",
    "case_id",
    "release_id",
    "release_version_id",
    "version_number",
    "entry_point_path",
    "data_variation_identifier",
    "test_manager_case_id",
)


def _arguments_of(arguments: Sequence[SetArgument]) -> Mapping[str, Any]:
    return {each.name: _value_of(each) for each in arguments}


def _value_of(argument: SetArgument) -> Any:
    """Return an argument's value by its .NET type: numbers and truths as such, everything else as its text."""
    kind = argument.type.partition(",")[0].rpartition(".")[2].lower()
    if kind in ("string", "datetime", "timespan", "guid"):
        return argument.value
    if kind == "boolean":
        return _TRUTHS.get(argument.value.strip().lower(), argument.value)
    try:
        return orjson.loads(argument.value)
    except orjson.JSONDecodeError:
        return argument.value
