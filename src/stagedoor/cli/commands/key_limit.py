"""``stagedoor key limit``: change how much a key may be used."""

from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import click

from stagedoor.cli.chosen_key import get_chosen_key
from stagedoor.cli.options import common_options, data_dir_option, pass_session
from stagedoor.cli.output import echo_json
from stagedoor.cli.session import Session

if TYPE_CHECKING:
    from stagedoor.client import AccessKeyFacts, KeyLimits

NONE = "none"


class NumberOrNone(click.ParamType[int | str]):
    """A whole number above zero, or the word ``none``."""

    name = "number"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int | str:
        text = str(value)
        if text.lower() == NONE:
            return NONE
        if not text.isascii() or not text.isdecimal() or int(text) < 1:
            self.fail(f"{text!r} is neither a whole number above zero nor none.", param, ctx)
        return int(text)


@click.command(
    epilog="""\b
Examples:
  stagedoor key limit nightly --rate 100/m --burst 20
  stagedoor key limit nightly --daily-quota 5000 --concurrency none
  stagedoor key limit KEY_ID --rate none
"""
)
@click.argument("name")
@click.option("--rate", metavar="N/UNIT|none", help="At most so many requests, such as 10/s, 100/m or 5000/h.")
@click.option("--burst", type=NumberOrNone(), metavar="N|none", help="How many of them may come at once.")
@click.option("--daily-quota", type=NumberOrNone(), metavar="N|none", help="At most so many requests in a day (UTC).")
@click.option("--concurrency", type=NumberOrNone(), metavar="N|none", help="At most so many under way at once.")
@click.option(
    "--weight", type=click.IntRange(1, 100), metavar="N", help="What it counts where keys share an upstream's limit."
)
@data_dir_option
@common_options
@pass_session
def limit(
    session: Session,
    name: str,
    rate: str | None,
    burst: int | str | None,
    daily_quota: int | str | None,
    concurrency: int | str | None,
    weight: int | None,
    data_dir: Path | None,
) -> None:
    """Change how much the key called NAME, or of this id, may be used.

    What is not named stays as it is; none lifts a limit. The key itself stays as it is, and so does what it has used.
    """
    wanted = {
        "rate": rate,
        "burst": burst,
        "daily_quota": daily_quota,
        "concurrency": concurrency,
        "weight": weight,
    }
    change = {
        option: None if str(value).lower() == NONE else value for option, value in wanted.items() if value is not None
    }
    if not change:
        raise click.UsageError("Say what to change: --rate, --burst, --daily-quota, --concurrency or --weight.")
    with session.administrator(data_dir) as client:
        facts = client.change_key_limits(get_chosen_key(client, name)["id"], **cast("KeyLimits", change))
    if session.wants_json:
        echo_json(facts)
    else:
        click.echo(f"Key {facts['id']} ({facts['name']}) may be used: {_in_words(facts)}.")


def _in_words(facts: "AccessKeyFacts") -> str:
    said = []
    if facts["rate"] is not None:
        at_once = "" if facts["burst"] is None else f", {facts['burst']} at once"
        said.append(f"{facts['rate']}{at_once}")
    if facts["daily_quota"] is not None:
        said.append(f"{facts['daily_quota']} a day")
    if facts["concurrency"] is not None:
        said.append(f"{facts['concurrency']} at the same time")
    words = "; ".join(said) or "without a limit"
    return words if facts["weight"] == 1 else f"{words}; weight {facts['weight']}"
