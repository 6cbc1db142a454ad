"""The people of a tenant's organization, as identity keeps them: read here, never written.

Rooms name people by the integer that the vendor's API has for them, and show them through :data:`PERSON`. Identity
stands above this package and owns the tables; what is read of them is declared here once, column by column, and
``tests/contract/people`` holds it to identity's own declaration.
"""

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    Integer,
    String,
    Table,
    exists,
    func,
    or_,
    select,
    true,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, Session

from stagedoor.catalog.roles import ROLES
from stagedoor.kit.db import UtcDateTime
from stagedoor.orchestrator.entity import EdmType, EntitySet, EntityType, Expression, Property
from stagedoor.orchestrator.folders.models import Folder
from stagedoor.passage import FolderPlace

TASK_PERMISSIONS = frozenset({"Tasks.View", "Tasks.Edit"})
REVIEW_PERMISSIONS = frozenset({"Transactions.View", "Transactions.Edit"})


class PeopleView(DeclarativeBase):
    """Keeps what is only read out of the metadata from which tables are made."""


USERS = Table(
    "users",
    PeopleView.metadata,
    Column("number", BigInteger, nullable=False),
    Column("id", String, nullable=False),
    Column("organization_id", String, nullable=False),
    Column("username", String, nullable=False),
    Column("email", String, nullable=False),
    Column("first_name", String, nullable=False),
    Column("last_name", String, nullable=False),
    Column("is_administrator", Boolean, nullable=False),
    Column("is_active", Boolean, nullable=False),
    Column("is_directory_user", Boolean, nullable=False),
    Column("existed_since", UtcDateTime, nullable=False),
)
TENANTS = Table(
    "tenants",
    PeopleView.metadata,
    Column("id", String, nullable=False),
    Column("organization_id", String, nullable=False),
    Column("name", String, nullable=False),
    Column("display_name", String, nullable=False),
)
ROLE_ASSIGNMENTS = Table(
    "role_assignments",
    PeopleView.metadata,
    Column("id", BigInteger, nullable=False),
    Column("user_id", String, nullable=False),
    Column("tenant_id", String, nullable=False),
    Column("folder_key", String),
    Column("role", String, nullable=False),
)
TENANT_ROLES = Table(
    "tenant_roles",
    PeopleView.metadata,
    Column("id", BigInteger, nullable=False),
    Column("tenant_id", String, nullable=False),
    Column("name", String, nullable=False),
    Column("name_folded", String, nullable=False),
    Column("display_name", String, nullable=False),
    Column("groups", String),
    Column("kind", Integer, nullable=False),
)
TENANT_ROLE_PERMISSIONS = Table(
    "tenant_role_permissions",
    PeopleView.metadata,
    Column("role_id", BigInteger, nullable=False),
    Column("permission", String, nullable=False),
)


class Person(PeopleView):
    """A person in a tenant of their organization; the same person is a row in each of its tenants."""

    __table__ = (
        select(
            USERS.c.number,
            TENANTS.c.id.label("tenant_id"),
            USERS.c.id.label("user_id"),
            USERS.c.username,
            USERS.c.email,
            USERS.c.first_name,
            USERS.c.last_name,
            USERS.c.is_administrator,
            USERS.c.is_active,
        )
        .join_from(USERS, TENANTS, TENANTS.c.organization_id == USERS.c.organization_id)
        .subquery("people")
    )
    __mapper_args__ = {"primary_key": [__table__.c.number, __table__.c.tenant_id]}  # noqa: RUF012  # as declared there

    if TYPE_CHECKING:
        number: Mapped[int]
        tenant_id: Mapped[str]
        user_id: Mapped[str]
        username: Mapped[str]
        email: Mapped[str]
        first_name: Mapped[str]
        last_name: Mapped[str]
        is_administrator: Mapped[bool]
        is_active: Mapped[bool]

    @property
    def display_name(self) -> str:
        """The whole name."""
        return f"{self.first_name} {self.last_name}".strip()


def whole_name_of(person: Any) -> ColumnElement[str]:
    """Return SQL for the whole name of a person."""
    return func.trim(person.first_name + " " + person.last_name)


PERSON = EntityType(
    "UserLoginInfoDto",
    Person,
    (
        Property("name", EdmType.STRING, Person.first_name),
        Property("surname", EdmType.STRING, Person.last_name),
        Property("userName", EdmType.STRING, Person.username),
        Property("emailAddress", EdmType.STRING, Person.email),
        Property("displayName", EdmType.STRING, Expression(whole_name_of)),
        Property("id", EdmType.INT64, Person.number, nullable=False),
    ),
    key="id",
)
"""A person as other things show them."""

PEOPLE = EntitySet("UserLoginInfos", PERSON)


def find_person(session: Session, tenant_id: str, number: int) -> Person | None:
    """Return the person with this number, active or not."""
    return session.scalar(select(Person).where(Person.tenant_id == tenant_id, Person.number == number))


def find_person_by_key(session: Session, tenant_id: str, user_id: str) -> Person | None:
    """Return the person with this key, active or not."""
    return session.scalar(select(Person).where(Person.tenant_id == tenant_id, Person.user_id == user_id))


def find_person_by_username(session: Session, tenant_id: str, username: str) -> Person | None:
    """Return the person of the tenant's organization with this user name, in any letter case."""
    wanted = username.strip().lower()
    return session.scalar(select(Person).where(Person.tenant_id == tenant_id, Person.username == wanted))


def find_person_by_name(session: Session, tenant_id: str, name_or_email: str) -> Person | None:
    """Return the person of this user name, or else of this address, in any letter case.

    An address that two people have names neither of them.
    """
    wanted = name_or_email.strip().lower()
    named = find_person_by_username(session, tenant_id, wanted)
    if named is not None or not wanted:
        return named
    is_addressed = (Person.tenant_id == tenant_id, func.lower(Person.email) == wanted)
    addressed = session.scalars(select(Person).where(*is_addressed).limit(2)).all()
    return addressed[0] if len(addressed) == 1 else None


def list_people(session: Session, tenant_id: str, numbers: Collection[int]) -> Sequence[Person]:
    """Return those of the numbered people who are there, by number."""
    wanted = select(Person).where(Person.tenant_id == tenant_id, Person.number.in_(sorted(numbers)))
    return session.scalars(wanted.order_by(Person.number)).all()


def may_work_on_tasks(folder: FolderPlace) -> ColumnElement[bool]:
    """Return the condition on :class:`Person` that they may see and edit the folder's tasks: active, by their roles."""
    return _may(TASK_PERMISSIONS, folder)


def may_review_items(folder: FolderPlace) -> ColumnElement[bool]:
    """Return the condition on :class:`Person` that they may review the folder's items: active, by their roles."""
    return _may(REVIEW_PERMISSIONS, folder)


def is_one_who(session: Session, person: Person, may: ColumnElement[bool]) -> bool:
    """Tell whether a person meets a condition on :class:`Person`."""
    them = [Person.tenant_id == person.tenant_id, Person.number == person.number]
    return session.scalar(select(Person.number).where(*them, may)) is not None


def _may(permissions: frozenset[str], folder: FolderPlace) -> ColumnElement[bool]:
    """Return the condition that one of a person's roles allows all of this in a folder."""
    known = sorted(name for name, role in ROLES.items() if role.permissions >= permissions)
    of_catalogue = func.lower(ROLE_ASSIGNMENTS.c.role).in_(known)
    of_tenant = exists().where(
        TENANT_ROLES.c.tenant_id == ROLE_ASSIGNMENTS.c.tenant_id,
        TENANT_ROLES.c.name == ROLE_ASSIGNMENTS.c.role,
        *(_allows(permission) for permission in sorted(permissions)),
    )
    held = exists().where(
        ROLE_ASSIGNMENTS.c.user_id == Person.user_id,
        ROLE_ASSIGNMENTS.c.tenant_id == Person.tenant_id,
        or_(of_catalogue, of_tenant),
        or_(ROLE_ASSIGNMENTS.c.folder_key.is_(None), ROLE_ASSIGNMENTS.c.folder_key.in_(folder.lineage)),
    )
    return (Person.is_active == true()) & or_(Person.is_administrator == true(), held)


def _allows(permission: str) -> ColumnElement[bool]:
    held = TENANT_ROLE_PERMISSIONS.alias()
    return exists().where(held.c.role_id == TENANT_ROLES.c.id, held.c.permission == permission)


def place_of(session: Session, folder: Folder) -> FolderPlace:
    """Return a stored folder as a place, with the keys from its root down."""
    ids = [int(number) for number in folder.branch.strip("/").split("/")]
    found = session.scalars(select(Folder).where(Folder.id.in_(ids)))
    keys = {each.id: each.key for each in found}
    return FolderPlace(folder.id, folder.key, folder.fully_qualified_name, tuple(keys[number] for number in ids))
