"""``stagedoor robot``: take pending jobs and run their Python packages on this machine, or write scripts for jobs."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

import click

from stagedoor.cli.failure import CommandFailed, ExitCode
from stagedoor.cli.lazy import LazyGroup
from stagedoor.cli.options import common_options, folder_option, pass_session, tenant_option
from stagedoor.cli.session import Session


@click.group(
    cls=LazyGroup,
    lazy={"script": "stagedoor.cli.commands.robot_script:script"},
    invoke_without_command=True,
    subcommand_metavar="[script COMMAND]",
    epilog="""\b
Examples:
  stagedoor robot --tenant acme/dev --folder Shared
  stagedoor robot --folder Shared --once --timeout 60 --memory 1024
  stagedoor key create robot --tenant acme/dev --allow RobotsService_SubmitHeartbeat \\
    --allow RobotsService_SubmitJobState --allow Logs_SubmitLogs --allow Processes_DownloadPackageByKey

\b
It signs in with STAGEDOOR_KEY: the ClientSecret of a machine (sdm_…), which `stagedoor call Machines_Post` shows
once, or an access key like the one above.

\b
While a robot is there, jobs of the folder's Python processes wait for it instead of following a script.
A package is code: the robot runs whatever whoever may publish packages has published.
""",
)
@click.option(
    "--machine-key",
    metavar="KEY",
    envvar="STAGEDOOR_MACHINE_KEY",
    help="With an access key: the licence key of the machine that it is on.",
)
@click.option(
    "--runtimes",
    type=click.IntRange(1, 50),
    default=1,
    show_default=True,
    help="How many jobs it runs at once.",
)
@click.option("--once", is_flag=True, help="Run one job and leave.")
@click.option(
    "--timeout", type=click.FloatRange(1), default=3600, show_default=True, help="Seconds that a job may run."
)
@click.option(
    "--memory",
    type=click.IntRange(64),
    default=4096,
    show_default=True,
    help="MiB that each of its processes may have.",
)
@click.option(
    "--work-dir",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("robot"),
    show_default=True,
    help="Where environments and jobs lie.",
)
@click.option(
    "--installed",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="A site-packages directory that all jobs see, so that what is there is not installed.",
)
@click.option(
    "--lend-key", is_flag=True, help="Let jobs use this robot's own access key, as UIPATH_URL and UIPATH_ACCESS_TOKEN."
)
@folder_option
@tenant_option
@common_options
@pass_session
@click.pass_context
def robot(
    ctx: click.Context,
    session: Session,
    machine_key: str | None,
    timeout: float,
    memory: int,
    work_dir: Path,
    installed: Path | None,
    runtimes: int,
    *,
    once: bool,
    lend_key: bool,
) -> None:
    """Run jobs of Python packages on this machine.

    Takes pending jobs of a folder, one after another or several at once; each runs in a directory and a virtual
    environment of its own, within bounds of time and memory. What it prints goes to the job's log, what it returns into
    its output.

    Where no robot is at work jobs follow scripts; `stagedoor robot script` says which.
    """
    if ctx.invoked_subcommand is not None:
        return
    from stagedoor.cli.robot.loop import Robot, RobotSettings
    from stagedoor.cli.robot.process import Bounds
    from stagedoor.kit.chance import random_guid

    if once and runtimes > 1:
        raise click.UsageError("--once runs one job; leave --runtimes away.")
    settings = RobotSettings(
        directory=_made(work_dir),
        bounds=Bounds(seconds=timeout, memory_mebibytes=memory),
        robot_key=random_guid(session.world.draw_chance()),
        runtimes=runtimes,
        machine_key=machine_key,
        installed=installed.resolve() if installed else None,
        variables=_lent(session) if lend_key else {},
    )
    with session.client() as client, _interrupted_by_termination():
        worker = Robot(
            client,
            settings,
            clock=session.world.clock,
            sleep=session.world.sleep,
            tell=lambda text: click.echo(text, err=True),
        )
        worker.work(once=once)


def _made(directory: Path) -> Path:
    try:
        directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as refused:
        raise CommandFailed(f"{directory} cannot be used: {refused.strerror}.") from refused
    return directory.resolve()


def _lent(session: Session) -> dict[str, str]:
    key, tenant = session.choose("key").value, session.choose("tenant").value
    if key is None or tenant is None:
        raise CommandFailed(
            "--lend-key needs an access key and a tenant.",
            hint="Give them as STAGEDOOR_KEY and --tenant; a person's sign-in is not lent.",
            code="usage",
            exit_code=ExitCode.USAGE,
        )
    return {"UIPATH_URL": f"{session.base_url.rstrip('/')}/{tenant}", "UIPATH_ACCESS_TOKEN": key}


@contextmanager
def _interrupted_by_termination() -> Iterator[None]:
    # A service manager ends a robot by this signal; it is to end its job and say goodbye as it would on Ctrl-C.
    before = signal.signal(signal.SIGTERM, _interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _interrupt(_: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt
