"""How far something long is, told while it goes on."""

import click

from stagedoor.cli.session import Session
from stagedoor.kit.clock import stopwatch

SAY_EVERY_SECONDS = 1.0


class Saying:
    """Tell people how far it is, on stderr, about once a second; scripts are told at the end."""

    def __init__(self, session: Session) -> None:
        self._is_quiet = session.wants_json
        self._said_at = stopwatch()

    def now(self, sentence: str) -> None:
        """Say it at once."""
        if not self._is_quiet:
            click.echo(sentence, err=True)

    def at_times(self, sentence: str) -> None:
        """Say it unless something was said so within the second."""
        if stopwatch() - self._said_at >= SAY_EVERY_SECONDS:
            self._said_at = stopwatch()
            self.now(sentence)
