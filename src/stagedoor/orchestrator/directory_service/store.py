"""All SQL of the directory."""

from collections.abc import Sequence

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from stagedoor.orchestrator.people import Person

FOUND_MAX = 100


def search_people(session: Session, tenant_id: str, beginning: str) -> Sequence[Person]:
    """Return up to :data:`FOUND_MAX` active people of the tenant's organization, by user name.

    Their user name, address, first, last or whole name begins with a text, in any letter case.
    """
    names = (
        Person.username,
        func.lower(Person.email),
        func.lower(Person.first_name),
        func.lower(Person.last_name),
        func.lower(Person.first_name + " " + Person.last_name),
    )
    wanted = beginning.strip().lower()
    found = select(Person).where(
        Person.tenant_id == tenant_id,
        Person.is_active,
        or_(*(name.startswith(wanted, autoescape=True) for name in names)),
    )
    return session.scalars(found.order_by(Person.username).limit(FOUND_MAX)).all()
