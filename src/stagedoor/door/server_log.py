"""Where the log of a server's processes goes."""

import logging

from stagedoor.audit.redaction import redact
from stagedoor.kit.clock import SystemClock
from stagedoor.kit.logs import configure_logging


def log_as_a_server() -> None:
    """Send the log of this process where a server's goes, redacted."""
    configure_logging(redact=redact, clock=SystemClock())
    # The one tells of each of its parts at every start, the other of each call that the console makes in-process.
    for talkative in ("alembic", "httpx2"):
        logging.getLogger(talkative).setLevel(logging.WARNING)
