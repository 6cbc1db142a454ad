"""How long what has ended is kept: the settings of queues, processes and task catalogues alike.

A room declares one :class:`Retention`: its table of settings, the things that they are for, and which rows have
outlived them. Reading and writing follow from it here, deleting and archiving in ``retention_sweep``. Where nothing
was set, nothing is ever deleted.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from functools import cached_property
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Integer, String, delete, select
from sqlalchemy.orm import InstrumentedAttribute, Mapped, Session, mapped_column

from stagedoor.orchestrator.answers import done
from stagedoor.orchestrator.buckets.store import find_bucket_of_tenant
from stagedoor.orchestrator.call import Answer, Body, Call
from stagedoor.orchestrator.entity import EdmType, EntitySet, EntityType, EnumType, Property
from stagedoor.orchestrator.errors import InvalidRequest, NotFound
from stagedoor.orchestrator.fields import (
    find_enum,
    find_integer,
    find_query_enum,
    get_body,
    get_number_argument,
    get_required,
)
from stagedoor.orchestrator.odata.read import read_set
from stagedoor.orchestrator.registry import Basis, Routes

PERIOD_DAYS_MAX = 3650
PERIOD_DAYS_DEFAULT = 30

NOTE = (
    "Nothing is deleted where nothing was set, which is shown as None; the vendor deletes after 30 days. Delete and "
    "Archive are carried out within the hour; an archive is a CSV file in the bucket, and what is sealed is not in it."
)


class Action(IntEnum):
    """What becomes of what has outlived its period; the numbers are the vendor's."""

    DELETE = 0
    ARCHIVE = 1
    NONE = 2


class Kind(IntEnum):
    """What a setting is about: things that have ended, or things that nobody ever took up."""

    FINAL = 0
    STALE = 1


ACTION = EnumType("RetentionAction", {"Delete": Action.DELETE, "Archive": Action.ARCHIVE, "None": Action.NONE})
KIND = EnumType("RetentionType", {"Final": Kind.FINAL, "Stale": Kind.STALE})


class RetentionColumns:
    """The columns that every table of settings has, beside the thing that a setting is for."""

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    tenant_id: Mapped[str] = mapped_column(String(36), index=True)
    kind: Mapped[int] = mapped_column(Integer)
    action: Mapped[int] = mapped_column(Integer)
    period_days: Mapped[int] = mapped_column(Integer)
    bucket_id: Mapped[int | None] = mapped_column(BigInteger)


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting as it was sent. ``bucket_id`` is where to archive."""

    action: int
    period_days: int
    bucket_id: int | None


Outlived = Callable[[int, int, datetime], Sequence[ColumnElement[bool]] | None]
"""Given a thing's id, the kind of setting and a moment: the conditions on rows that ended before it, or ``None``."""


@dataclass(frozen=True)
class Retention:
    """The settings of one kind of thing.

    ``set_name`` is the vendor's word for the list, ``field`` its word for the thing's id, ``entity_name`` the type's.
    ``thing`` is the column for it in ``table``. ``rows`` is the key column of what is swept, ``outlived`` says which
    of it; both ``None`` where a thing's rows are nobody's to sweep.
    """

    set_name: str
    entity_name: str
    field: str
    table: type[Any]
    thing: InstrumentedAttribute[int]
    rows: InstrumentedAttribute[int]
    outlived: Outlived

    @cached_property
    def entity_set(self) -> EntitySet:
        """The list of settings in the vendor's API."""
        properties = (
            Property(self.field, EdmType.INT64, self.thing, nullable=False),
            Property("Action", ACTION, self.table.action, nullable=False),
            Property("Period", EdmType.INT32, self.table.period_days, nullable=False),
            Property("BucketId", EdmType.INT64, self.table.bucket_id),
            Property("Type", KIND, self.table.kind, nullable=False),
        )
        return EntitySet(self.set_name, EntityType(self.entity_name, self.table, properties, key=self.field))

    def find(self, session: Session, thing_id: int, kind: int) -> Any | None:
        """Return the row of a thing's setting, if one was made."""
        return session.scalar(select(self.table).where(self.thing == thing_id, self.table.kind == kind))

    def put(self, session: Session, tenant_id: str, thing_id: int, kind: int, setting: Setting) -> None:
        """Make or change a thing's setting; raises ``NotFound`` for a bucket that the tenant has not."""
        if setting.bucket_id is not None and find_bucket_of_tenant(session, tenant_id, setting.bucket_id) is None:
            raise NotFound(f"There is no bucket {setting.bucket_id}.")
        row = self.find(session, thing_id, kind)
        if row is None:
            row = self.table(tenant_id=tenant_id, kind=kind, **{self.thing.key: thing_id})
            session.add(row)
        row.action, row.period_days, row.bucket_id = setting.action, setting.period_days, setting.bucket_id
        session.flush()

    def reset(self, session: Session, thing_id: int) -> None:
        """Forget what was set for a thing."""
        session.execute(delete(self.table).where(self.thing == thing_id))

    def show(self, session: Session, thing_id: int, kind: int) -> dict[str, Any]:
        """Return a thing's setting as the API shows it, the default where none was made."""
        row = self.find(session, thing_id, kind)
        return {
            self.field: thing_id,
            "Action": ACTION.word(Action.NONE if row is None else row.action),
            "Period": PERIOD_DAYS_DEFAULT if row is None else row.period_days,
            "BucketId": None if row is None else row.bucket_id,
            "Type": KIND.word(kind),
        }


def read_setting(body: Body, *, action: str = "Action", period: str = "Period", bucket: str = "BucketId") -> Setting:
    """Read a setting from the named fields; what is to be archived needs a bucket and what is done needs a period."""
    chosen = get_required(find_enum(body, action, ACTION), action)
    days = find_integer(body, period, least=1, most=PERIOD_DAYS_MAX)
    bucket_id = find_integer(body, bucket)
    if chosen != Action.NONE:
        get_required(days, period)
    if chosen == Action.ARCHIVE:
        get_required(bucket_id, bucket)
    return Setting(chosen, days or PERIOD_DAYS_DEFAULT, bucket_id if chosen == Action.ARCHIVE else None)


def retention_routes(
    retention: Retention,
    verify_thing: Callable[[Call, int], None],
    visible: Callable[[Call], Sequence[ColumnElement[bool]]],
    *,
    basis: Basis = Basis.SPEC,
) -> Routes:
    """Return the vendor's four operations on the settings.

    ``verify_thing`` raises ``NotFound`` for a thing that is not in the caller's folder; ``visible`` are the
    conditions on the table of settings under which the folder sees them.
    """
    routes = Routes()
    name = retention.set_name

    @routes.reads(f"{name}_Get", basis=basis, note=NOTE)
    def list_settings(call: Call) -> Answer:
        """Answer the settings that were made for what the folder sees."""
        return read_set(call, retention.entity_set, visible(call))

    @routes.reads(f"{name}_GetById", basis=basis, note=NOTE)
    def show_setting(call: Call) -> Answer:
        """Answer one thing's setting, the default where none was made."""
        thing_id = get_number_argument(call, "key")
        verify_thing(call, thing_id)
        shown = retention.show(call.session, thing_id, _asked_kind(call))
        return Answer(content={"@odata.context": f"{call.base_url}/odata/$metadata#{name}/$entity", **shown})

    @routes.writes(f"{name}_PutById", basis=basis, note=NOTE)
    def set_setting(call: Call) -> Answer:
        """Set how long what belongs to one thing is kept."""
        thing_id, body = get_number_argument(call, "key"), get_body(call)
        setting = read_setting(body)
        kind = find_enum(body, "Type", KIND)
        if find_integer(body, retention.field) not in (None, 0, thing_id):
            raise InvalidRequest(
                f"The {retention.field} field is not the key in the path.", details={"field": retention.field}
            )
        verify_thing(call, thing_id)
        retention.put(call.session, call.tenant.tenant_id, thing_id, kind or Kind.FINAL, setting)
        return done(call)

    @routes.writes(f"{name}_DeleteById", basis=basis, note=NOTE)
    def reset_settings(call: Call) -> Answer:
        """Forget what was set for one thing."""
        thing_id = get_number_argument(call, "key")
        verify_thing(call, thing_id)
        retention.reset(call.session, thing_id)
        return Answer(status=204)

    return routes


def _asked_kind(call: Call) -> int:
    kind = find_query_enum(call, "retentionType", KIND)
    return Kind.FINAL if kind is None else kind
