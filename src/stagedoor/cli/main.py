"""The entry of the command line: its commands, its help, and how it ends."""

import os
import sys
from collections.abc import Sequence
from typing import Any, NoReturn

import click

from stagedoor import __version__
from stagedoor.cli.failure import ExitCode, facts_of, tell
from stagedoor.cli.lazy import LazyGroup
from stagedoor.cli.options import common_options
from stagedoor.cli.session import Session, World, output_asked_for

COMMANDS = {
    name: f"stagedoor.cli.commands.{module}"
    for name, module in {
        "up": "up:up",
        "login": "login:login",
        "logout": "logout:logout",
        "whoami": "whoami:whoami",
        "tenants": "tenants:tenants",
        "token": "token:token",
        "call": "call:call",
        "operations": "operations:operations",
        "can-i": "can_i:can_i",
        "key": "key:key",
        "app": "app:app",
        "connect": "connect:connect",
        "connection": "connection:connection",
        "audit": "audit:audit",
        "clock": "clock:clock",
        "secrets": "secrets:secrets",
        "robot": "robot:robot",
        "seed": "seed:seed",
        "testing": "testing:testing",
    }.items()
}

HELP = """One access key opens the Orchestrator API.

\b
Start a server:        stagedoor up
Sign in to one:        stagedoor login --base-url http://127.0.0.1:8120
Make a key:            stagedoor key create nightly --tenant acme/dev --allow Jobs_StartJobs
Connect an Orchestrator elsewhere:
                       stagedoor connect prod --kind app --url https://cloud.uipath.com/acme/prod --client-id ID
Call an operation:     stagedoor call Jobs_Get --field top=3 --folder Shared
"""

EPILOG = """\b
Where values come from, the first that is there:
  option        variable             then
  --base-url    STAGEDOOR_URL        the profile, http://127.0.0.1:8120
  --key         STAGEDOOR_KEY        the profile's sign-in
  --tenant      STAGEDOOR_TENANT     the profile
  --folder      STAGEDOOR_FOLDER     the profile
  --profile     STAGEDOOR_PROFILE    default
  --output      STAGEDOOR_OUTPUT     text
Profiles lie in STAGEDOOR_CONFIG_DIR, or where this system keeps settings.

\b
Exit codes: 0 done, 1 failed, 2 wrong usage, 3 refused, 4 sign in,
5 throttled, 6 Stagedoor or the Orchestrator behind it failed.
Errors go to stderr, with --output json as one JSON object.
"""


class StagedoorCommand(LazyGroup):
    """The command line as a whole: it turns every expected failure into a message and an exit code."""

    def main(self, args: Sequence[str] | None = None, *unused: Any, **extra: Any) -> NoReturn:
        words = list(sys.argv[1:] if args is None else args)
        world = extra.pop("obj", None) or World()
        extra["standalone_mode"] = False
        try:
            # A command's return value is nothing; the exit code of ctx.exit() comes back as a number.
            code = super().main(words, *unused, obj=Session(world), **extra)
            sys.stdout.flush()
        except (KeyboardInterrupt, click.Abort):
            sys.exit(ExitCode.INTERRUPTED)
        except BrokenPipeError:
            # Found at the last flush; click answers one that it meets earlier in the same way, and as quietly.
            _forget_stdout()
            sys.exit(ExitCode.FAILED)
        except Exception as error:
            facts = facts_of(error)
            if facts is None:
                raise
            tell(facts, as_json=output_asked_for(words, world.environment))
            sys.exit(facts["exit_code"])
        sys.exit(code if isinstance(code, int) else ExitCode.DONE)


def _forget_stdout() -> None:
    """Let the interpreter's last flush go nowhere: whoever read the output has gone."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


@click.command(
    cls=StagedoorCommand,
    lazy=COMMANDS,
    name="stagedoor",
    help=HELP,
    epilog=EPILOG,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@common_options
@click.version_option(__version__, message="stagedoor %(version)s")
def cli() -> None:
    pass


def main() -> None:
    """Run the command line; never returns."""
    cli.main(prog_name="stagedoor")
