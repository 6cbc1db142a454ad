"""Rules of scripted robots: what to ask, and both clients' ways to ask."""

from collections.abc import Mapping
from typing import Any, TypedDict
from urllib.parse import quote

from stagedoor.client._connections import AsyncRunner, Runner
from stagedoor.client._core import Core
from stagedoor.client._management import LIST_LIMIT, Ask, AskAll, call_to, read_as
from stagedoor.client._requests import Call


class RobotScript(TypedDict):
    """A rule: jobs of processes that ``process`` fits and whose input has what ``when`` names follow ``script``."""

    id: str
    process: str
    when: dict[str, Any] | None
    script: dict[str, Any]


def _list(tenant: str | None) -> AskAll[RobotScript]:
    return AskAll(call_to("GET", "/robot-scripts", query={"tenant": tenant, "limit": LIST_LIMIT}))


def _set(
    tenant: str | None, process: str, script: Mapping[str, Any], when: Mapping[str, Any] | None
) -> Ask[RobotScript]:
    order = {
        "tenant": tenant,
        "process": process,
        "when": None if when is None else dict(when),
        "script": dict(script),
    }
    return Ask(call_to("POST", "/robot-scripts", json=order), read_as(RobotScript))


def _remove(tenant: str | None, script_id: str) -> Call:
    return call_to("DELETE", f"/robot-scripts/{quote(script_id, safe='')}", query={"tenant": tenant})


def _clear(tenant: str | None) -> Call:
    return call_to("DELETE", "/robot-scripts", query={"tenant": tenant})


class RobotScripts:
    """The rules that a tenant's scripted robots follow; ``Stagedoor.robot_scripts``. For administrators.

    ``tenant`` may be left out where the client has one.
    """

    def __init__(self, core: Core, run: Runner) -> None:
        self._core = core
        self._run = run

    def list(self, *, tenant: str | None = None) -> "list[RobotScript]":
        """List the rules, the one that is asked first at the top."""
        return self._run(self._core.ask_all(_list(tenant or self._core.place.tenant)))

    def set(
        self,
        process: str,
        script: Mapping[str, Any],
        *,
        when: Mapping[str, Any] | None = None,
        tenant: str | None = None,
    ) -> RobotScript:
        """Let jobs of the processes that fit ``process`` follow a script; ``*`` stands for anything.

        ``when`` names one argument and its value, and narrows the rule to jobs whose input has it. A rule for the same
        processes and the same argument is replaced.
        """
        return self._run(self._core.ask(_set(tenant or self._core.place.tenant, process, script, when)))

    def remove(self, script_id: str, *, tenant: str | None = None) -> None:
        """Take one rule away."""
        self._run(self._core.value(_remove(tenant or self._core.place.tenant, script_id)))

    def clear(self, *, tenant: str | None = None) -> None:
        """Take all rules away."""
        self._run(self._core.value(_clear(tenant or self._core.place.tenant)))


class AsyncRobotScripts:
    """The asynchronous twin of :class:`RobotScripts`; ``AsyncStagedoor.robot_scripts``."""

    def __init__(self, core: Core, run: AsyncRunner) -> None:
        self._core = core
        self._run = run

    async def list(self, *, tenant: str | None = None) -> "list[RobotScript]":
        """List the rules, the one that is asked first at the top."""
        return await self._run(self._core.ask_all(_list(tenant or self._core.place.tenant)))

    async def set(
        self,
        process: str,
        script: Mapping[str, Any],
        *,
        when: Mapping[str, Any] | None = None,
        tenant: str | None = None,
    ) -> RobotScript:
        """Let jobs of the processes that fit ``process`` follow a script, as :meth:`RobotScripts.set` does."""
        return await self._run(self._core.ask(_set(tenant or self._core.place.tenant, process, script, when)))

    async def remove(self, script_id: str, *, tenant: str | None = None) -> None:
        """Take one rule away."""
        await self._run(self._core.value(_remove(tenant or self._core.place.tenant, script_id)))

    async def clear(self, *, tenant: str | None = None) -> None:
        """Take all rules away."""
        await self._run(self._core.value(_clear(tenant or self._core.place.tenant)))
