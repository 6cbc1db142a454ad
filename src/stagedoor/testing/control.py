"""What a test in another process or another language tells its server: time, chance, faults, keys, going back.

Paths under :data:`PREFIX`, answered by the door of a server for tests alone, and only to whoever holds the access key
that may do everything: no other server has them. Bodies and answers are JSON; durations are in seconds.
"""

import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import orjson

from stagedoor.access.errors import UnknownSelector
from stagedoor.kit.errors import StagedoorError
from stagedoor.testing.errors import ControlRefused

if TYPE_CHECKING:
    from stagedoor.testing.local_stagedoor import LocalStagedoor, Snapshot

PREFIX = "/api/stagedoor/v1/testing"
BODY_BYTES_MAX = 1024 * 1024
SNAPSHOTS_MAX = 20

Body = Mapping[str, Any]


@dataclass
class Control:
    """The orders that a server for tests takes. Its methods block; call them from a thread of no event loop."""

    local: "LocalStagedoor"
    snapshots: "dict[str, Snapshot]" = field(default_factory=dict)

    def may(self, credential: str | None) -> bool:
        """Tell whether whoever has this credential may give orders."""
        return credential is not None and hmac.compare_digest(credential.encode(), self.local.access_key.encode())

    def carry_out(self, method: str, path: str, body: bytes) -> Any:
        """Do what is asked for and return the answer; raises :class:`ControlRefused` for what is not there or wrong."""
        word = path.removeprefix(PREFIX).strip("/")
        order = ORDERS.get((method, word.partition("/")[0]))
        if order is None:
            known = ", ".join(f"{verb} {PREFIX}/{name}".rstrip("/") for verb, name in ORDERS)
            raise ControlRefused(f"There is no order {method} {path}.", status=404, hint=f"There are: {known}.")
        try:
            read = orjson.loads(body) if body else {}
        except orjson.JSONDecodeError as wrong:
            raise ControlRefused(f"The body is no JSON: {wrong}.") from wrong
        if not isinstance(read, dict):
            raise ControlRefused("The body is to be a JSON object.")
        try:
            return order(self, read, word.partition("/")[2])
        except (ValueError, TypeError, LookupError, OverflowError) as wrong:
            raise ControlRefused(f"The order cannot be carried out: {wrong}.") from wrong

    def tell(self) -> dict[str, Any]:
        """Return where the server stands."""
        return {
            "now": self.local.clock.now().isoformat(),
            "is_running": self.local.clock.is_running,
            "faults": self.local.faults.count,
            "snapshots": list(self.snapshots),
        }


def _tell(control: Control, body: Body, rest: str) -> Any:
    _verify_names(body)
    return control.tell()


def _move_clock(control: Control, body: Body, rest: str) -> Any:
    _verify_names(body, "advance_seconds", "move_to", "run")
    clock = control.local.clock
    if "advance_seconds" in body:
        clock.advance(_seconds(body, "advance_seconds"))
    if "move_to" in body:
        clock.move_to(datetime.fromisoformat(body["move_to"]))
    if body.get("run") is True:
        clock.run()
    if body.get("run") is False:
        clock.hold()
    return control.tell()


def _add_fault(control: Control, body: Body, rest: str) -> Any:
    names = ("routes", "status", "retry_after", "latency_seconds", "real_latency_seconds", "lost", "key", "times")
    _verify_names(body, *names, "probability")
    plain = {name: body[name] for name in ("status", "retry_after", "lost", "key", "times") if name in body}
    control.local.faults.add(
        *_routes(body),
        latency=_seconds(body, "latency_seconds"),
        real_latency=_seconds(body, "real_latency_seconds"),
        probability=float(body.get("probability", 1)),
        **plain,
    )
    return control.tell()


def _limit_rate(control: Control, body: Body, rest: str) -> Any:
    _verify_names(body, "routes", "requests", "per_seconds", "key")
    more: dict[str, Any] = {name: body[name] for name in ("requests", "key") if name in body}
    if "per_seconds" in body:
        more["per"] = _seconds(body, "per_seconds")
    control.local.faults.limit_rate(*_routes(body), **more)
    return control.tell()


def _clear_faults(control: Control, body: Body, rest: str) -> Any:
    control.local.faults.clear()
    return control.tell()


def _expire(control: Control, body: Body, rest: str) -> Any:
    _verify_names(body, "credential")
    control.local.faults.expire(str(body["credential"]))
    return control.tell()


def _lose_token_answer(control: Control, body: Body, rest: str) -> Any:
    _verify_names(body, "times")
    control.local.faults.lose_token_answer(int(body.get("times", 1)))
    return control.tell()


def _rotate(control: Control, body: Body, rest: str) -> Any:
    return {"kid": control.local.rotate_signing_keys()}


def _reset(control: Control, body: Body, rest: str) -> Any:
    control.local.reset()
    return control.tell()


def _take_snapshot(control: Control, body: Body, rest: str) -> Any:
    if len(control.snapshots) >= SNAPSHOTS_MAX:
        raise ControlRefused(
            f"There are {SNAPSHOTS_MAX} snapshots already.", hint=f"DELETE {PREFIX}/snapshots drops them all."
        )
    name = str(max(map(int, control.snapshots), default=0) + 1)
    control.snapshots[name] = control.local.snapshot()
    return {"snapshot": name}


def _restore(control: Control, body: Body, rest: str) -> Any:
    if rest not in control.snapshots:
        raise ControlRefused(f"There is no snapshot {rest[:32]!r}.", status=404)
    control.local.restore(control.snapshots[rest])
    return control.tell()


def _drop_snapshots(control: Control, body: Body, rest: str) -> Any:
    control.snapshots.clear()
    return control.tell()


def _start_chance(control: Control, body: Body, rest: str) -> Any:
    _verify_names(body, "seed")
    control.local.start_chance_from(int(body["seed"]))
    return control.tell()


def _make_key(control: Control, body: Body, rest: str) -> Any:
    _verify_names(body, "allow", "folders")
    try:
        return {"key": control.local.key(allow=list(body["allow"]), folders=body.get("folders"))}
    except UnknownSelector as wrong:
        raise ControlRefused(wrong.public, hint=wrong.hint) from wrong


ORDERS: Mapping[tuple[str, str], Callable[[Control, Body, str], Any]] = {
    ("GET", ""): _tell,
    ("POST", "clock"): _move_clock,
    ("POST", "faults"): _add_fault,
    ("DELETE", "faults"): _clear_faults,
    ("POST", "rate-limits"): _limit_rate,
    ("POST", "expired"): _expire,
    ("POST", "lost-token-answers"): _lose_token_answer,
    ("POST", "signing-keys"): _rotate,
    ("POST", "reset"): _reset,
    ("POST", "snapshots"): _take_snapshot,
    ("PUT", "snapshots"): _restore,
    ("DELETE", "snapshots"): _drop_snapshots,
    ("POST", "chance"): _start_chance,
    ("POST", "keys"): _make_key,
}


def refusal_of(error: StagedoorError) -> tuple[int, dict[str, Any]]:
    """Return the status and the body of a refusal."""
    return error.status, {"code": error.code, "detail": error.public, "hint": error.hint}


def _verify_names(body: Body, *known: str) -> None:
    unknown = sorted(set(body) - set(known))
    if unknown:
        raise ControlRefused(f"The body has {', '.join(unknown)}; it may have {', '.join(known) or 'nothing'}.")


def _seconds(body: Body, name: str) -> timedelta:
    return timedelta(seconds=float(body.get(name, 0)))


def _routes(body: Body) -> list[str]:
    routes = body.get("routes", [])
    if not isinstance(routes, list) or not all(isinstance(route, str) for route in routes):
        raise ControlRefused("routes is to be a list of operation ids and paths.")
    return routes
