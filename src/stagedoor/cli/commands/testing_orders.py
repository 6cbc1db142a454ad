"""The orders that a server for tests takes, each a command."""

import re
from typing import Any

import click

from stagedoor.cli.options import common_options, pass_session
from stagedoor.cli.output import echo_facts, echo_json
from stagedoor.cli.session import Session

PREFIX = "/api/stagedoor/v1/testing"
_UNITS = {"ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86400}


class Span(click.ParamType[float]):
    """A duration such as ``90s``, ``1.5h`` or ``250ms``, in seconds."""

    name = "span"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        match = re.fullmatch(r"([0-9]+(?:\.[0-9]+)?)(ms|s|m|h|d)", str(value))
        if match is None:
            self.fail(f"{value!r} is no duration such as 90s, 1.5h or 250ms.", param, ctx)
        return float(match[1]) * _UNITS[match[2]]


SPAN = Span()


def _order(session: Session, method: str, word: str = "", body: dict[str, Any] | None = None) -> dict[str, Any]:
    with session.client() as client:
        told: dict[str, Any] = client.call(method, f"{PREFIX}/{word}".rstrip("/"), json=body)
    return told


def _show(session: Session, told: dict[str, Any]) -> None:
    if session.wants_json:
        echo_json(told)
    else:
        echo_facts({name.replace("_", " "): value for name, value in told.items()})


def _given(**values: Any) -> dict[str, Any]:
    return {name: list(value) if isinstance(value, tuple) else value for name, value in values.items() if value}


@click.command()
@common_options
@pass_session
def status(session: Session) -> None:
    """Tell the server's time, and how many faults and which snapshots there are."""
    _show(session, _order(session, "GET"))


@click.command(
    epilog="""\b
Examples:
  stagedoor testing clock --advance 1h
  stagedoor testing clock --to 2026-02-01T08:00:00+00:00
  stagedoor testing clock --run
"""
)
@click.option("--advance", type=SPAN, metavar="SPAN", help="Move it forward, such as 90s or 1.5h.")
@click.option("--to", "moment", metavar="TIME", help="Move it to a later moment, in ISO 8601 with its zone.")
@click.option("--run/--hold", "runs", default=None, help="Let the time pass as it does outside, or stop it.")
@common_options
@pass_session
def clock(session: Session, advance: float | None, moment: str | None, *, runs: bool | None) -> None:
    """Move the server's time, or let it run; what becomes due is done before this returns."""
    body = _given(advance_seconds=advance, move_to=moment) | ({} if runs is None else {"run": runs})
    if not body:
        raise click.UsageError("Say --advance, --to, --run or --hold.")
    _show(session, _order(session, "POST", "clock", body))


@click.command(
    epilog="""\b
Examples:
  stagedoor testing fault 'Jobs_*' --status 503 --retry-after 2 --times 1
  stagedoor testing fault Queues_AddQueueItem --lost answer
  stagedoor testing fault --latency 30s
"""
)
@click.argument("routes", nargs=-1)
@click.option("--status", type=click.IntRange(400, 599), help="What is answered; nothing is done.")
@click.option("--retry-after", type=click.IntRange(0), metavar="SECONDS", help="Its header Retry-After.")
@click.option("--latency", type=SPAN, metavar="SPAN", help="How long the answer takes, on the server's own clock.")
@click.option("--real-latency", type=SPAN, metavar="SPAN", help="How long it takes outside.")
@click.option(
    "--lost", type=click.Choice(["request", "answer", "half the answer"]), help="What of the exchange never arrives."
)
@click.option("--for-key", "for_key", metavar="KEY", help="Only requests with this credential.")
@click.option("--times", type=click.IntRange(1), metavar="N", help="Only so many requests.")
@click.option("--probability", type=click.FloatRange(0, 1), metavar="P", help="Only a part of them, drawn from a seed.")
@common_options
@pass_session
def fault(
    session: Session,
    routes: tuple[str, ...],
    status: int | None,
    retry_after: int | None,
    latency: float | None,
    real_latency: float | None,
    lost: str | None,
    for_key: str | None,
    times: int | None,
    probability: float | None,
) -> None:
    """Let requests of these ROUTES go wrong: operation ids or paths, with * for anything; none means all."""
    body = _given(
        routes=routes,
        status=status,
        retry_after=retry_after,
        latency_seconds=latency,
        real_latency_seconds=real_latency,
        lost=lost,
        key=for_key,
        times=times,
    )
    if probability is not None:
        body["probability"] = probability
    _show(session, _order(session, "POST", "faults", body))


@click.command("limit-rate")
@click.argument("routes", nargs=-1)
@click.option("--requests", type=click.IntRange(1), metavar="N", help="How many; without, the vendor's 100.")
@click.option("--per", type=SPAN, metavar="SPAN", help="In how long; without, a minute.")
@click.option("--for-key", "for_key", metavar="KEY", help="Only requests with this credential.")
@common_options
@pass_session
def limit_rate(
    session: Session, routes: tuple[str, ...], requests: int | None, per: float | None, for_key: str | None
) -> None:
    """Answer 429 to what exceeds a rate; without ROUTES the vendor's lists of jobs and queue items."""
    body = _given(routes=routes, requests=requests, per_seconds=per, key=for_key)
    _show(session, _order(session, "POST", "rate-limits", body))


@click.command()
@click.argument("credential")
@common_options
@pass_session
def expire(session: Session, credential: str) -> None:
    """Refuse this token or access key as expired, from the next request on."""
    _show(session, _order(session, "POST", "expired", {"credential": credential}))


@click.command("lose-token-answer")
@click.option("--times", type=click.IntRange(1), default=1, show_default=True, help="How many.")
@common_options
@pass_session
def lose_token_answer(session: Session, times: int) -> None:
    """Issue the next token and lose its answer."""
    _show(session, _order(session, "POST", "lost-token-answers", {"times": times}))


@click.command("rotate-signing-keys")
@common_options
@pass_session
def rotate_signing_keys(session: Session) -> None:
    """Sign tokens with a new key from now on; those that were issued stay valid."""
    _show(session, _order(session, "POST", "signing-keys"))


@click.command("clear-faults")
@common_options
@pass_session
def clear_faults(session: Session) -> None:
    """Take every fault, rate and expiry away."""
    _show(session, _order(session, "DELETE", "faults"))


@click.command()
@common_options
@pass_session
def reset(session: Session) -> None:
    """Go back to the beginning, without faults."""
    _show(session, _order(session, "POST", "reset"))


@click.command()
@common_options
@pass_session
def snapshot(session: Session) -> None:
    """Keep everything that the server holds now; prints the number to go back to."""
    _show(session, _order(session, "POST", "snapshots"))


@click.command()
@click.argument("number")
@common_options
@pass_session
def restore(session: Session, number: str) -> None:
    """Go back to the snapshot of this NUMBER; time and chance go back too."""
    _show(session, _order(session, "PUT", f"snapshots/{number}"))
