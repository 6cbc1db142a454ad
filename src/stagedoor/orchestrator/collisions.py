"""Writing what a rule of the database may forbid, such as a second thing of one name in one place.

The rule itself decides, so that two who write at the same moment cannot both succeed.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from stagedoor.orchestrator.errors import OrchestratorError


@contextmanager
def collision_refused(session: Session, refusal: OrchestratorError) -> Iterator[None]:
    """Write what the block adds and changes; raises ``refusal``, with none of it written, where a rule forbids it."""
    try:
        with session.begin_nested():
            yield
    except IntegrityError as taken:
        raise refusal from taken
