"""``stagedoor robot script``: what becomes of jobs that no real robot runs."""

import click

from stagedoor.cli.lazy import LazyGroup


@click.group(
    cls=LazyGroup,
    lazy={
        "list": "stagedoor.cli.commands.robot_script_list:list_scripts",
        "set": "stagedoor.cli.commands.robot_script_set:set_script",
        "clear": "stagedoor.cli.commands.robot_script_clear:clear",
    },
)
def script() -> None:
    """Say how jobs of the embedded Orchestrator end where no real robot runs them.

    A rule gives a script to every job of the processes that its pattern fits. The rule made last is asked first; a
    job that none fits waits a second, runs two, succeeds and gives back its input. One job alone follows the script
    that the request which starts it has in its header Scripted-Robot.

    Needs an administrator's sign-in, or --data-dir on the server's own machine.
    """
