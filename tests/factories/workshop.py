"""A small world of jobs, robots, machines and tags, with its entities, for tests of the OData layer."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, Boolean, Integer, Interval, Numeric, String, create_engine, func, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column
from tests.factories.callers import caller

from stagedoor.catalog.operations import FolderNeed, Operation, PermissionExpression
from stagedoor.kit.chance import SeededChance
from stagedoor.kit.clock import HeldClock
from stagedoor.kit.crypto import Vault
from stagedoor.kit.db import JsonText, UtcDateTime
from stagedoor.orchestrator.call import Call
from stagedoor.orchestrator.entity import (
    Borrowed,
    ComplexType,
    Computed,
    Constant,
    EdmType,
    EntitySet,
    EntityType,
    EnumType,
    Expression,
    Navigation,
    Property,
    Through,
)
from stagedoor.passage import Reach, TenantPlace

NOW = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
TENANT = "t1"
BASE_URL = "http://door/acme/dev/orchestrator_"


class Workshop(DeclarativeBase):
    """Tables of their own metadata, so that the product's stays as it is."""


class Machine(Workshop):
    __tablename__ = "machines"
    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    tenant_id: Mapped[str] = mapped_column(String(36))
    name: Mapped[str] = mapped_column(String(100))


class Robot(Workshop):
    __tablename__ = "robots"
    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    tenant_id: Mapped[str] = mapped_column(String(36))
    name: Mapped[str] = mapped_column(String(100))
    name_folded: Mapped[str] = mapped_column(String(100), index=True)
    type: Mapped[str] = mapped_column(String(32))
    machine_id: Mapped[int | None] = mapped_column(Integer)
    is_hidden: Mapped[bool] = mapped_column(Boolean, default=False)


class Job(Workshop):
    __tablename__ = "jobs"
    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    tenant_id: Mapped[str] = mapped_column(String(36), index=True)
    key: Mapped[str] = mapped_column(String(36), index=True)
    state: Mapped[int] = mapped_column(Integer)
    name: Mapped[str | None] = mapped_column(String(100))
    secret_code: Mapped[str] = mapped_column(String(100))
    priority: Mapped[int | None] = mapped_column(Integer)
    cost: Mapped[Decimal | None] = mapped_column(Numeric(12, 2, asdecimal=False))
    is_late: Mapped[bool] = mapped_column(Boolean)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    robot_id: Mapped[int | None] = mapped_column(Integer, index=True)
    arguments: Mapped[Any | None] = mapped_column(JsonText)
    span: Mapped[timedelta | None] = mapped_column(Interval)
    settings: Mapped[Any | None] = mapped_column(JsonText)
    marks: Mapped[Any | None] = mapped_column(JsonText)
    numbers: Mapped[Any | None] = mapped_column(JsonText)


class Tag(Workshop):
    __tablename__ = "tags"
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    tenant_id: Mapped[str] = mapped_column(String(36))
    name: Mapped[str] = mapped_column(String(100))


class JobTag(Workshop):
    __tablename__ = "job_tags"
    job_id: Mapped[int] = mapped_column(Integer, primary_key=True)
    tag_id: Mapped[int] = mapped_column(Integer, primary_key=True)


JOB_STATE = EnumType("JobState", {"Pending": 0, "Running": 1, "Faulted": 4, "Successful": 5})
ROBOT_TYPE = EnumType("RobotType", {"Unattended": 0, "NonProduction": 1})
DETAILS = ComplexType("JobDetails", (Property("Text", EdmType.STRING), Property("Lines", EdmType.INT32)))
SETTINGS = ComplexType(
    "JobSettings",
    (
        Property("Mode", EdmType.STRING),
        Property("Retries", EdmType.INT32),
        Property("IsQuiet", EdmType.BOOLEAN),
        Property("Since", EdmType.DATE_TIME_OFFSET),
        Property("Inner", ComplexType("JobInnerSettings", (Property("Depth", EdmType.DOUBLE),))),
    ),
)
MARK = ComplexType(
    "JobMark",
    (
        Property("Name", EdmType.STRING),
        Property("Weight", EdmType.INT32),
        Property("IsSeen", EdmType.BOOLEAN),
        Property("State", JOB_STATE),
    ),
)

MACHINE = EntityType(
    "MachineDto", Machine, (Property("Id", EdmType.INT64, Machine.id), Property("Name", EdmType.STRING, Machine.name))
)
ROBOT: EntityType = EntityType(
    "RobotDto",
    Robot,
    (
        Property("Id", EdmType.INT64, Robot.id),
        Property("Name", EdmType.STRING, Robot.name, folded=Robot.name_folded),
        Property("Type", ROBOT_TYPE, Robot.type),
        Property("MachineId", EdmType.INT64, Robot.machine_id),
        Property(
            "LastState",
            JOB_STATE,
            Expression(
                lambda robot: select(func.max(Job.state) + 10).where(Job.robot_id == robot.id).scalar_subquery()
            ),
        ),
        Property("Kind", JOB_STATE, Constant(4)),
        Property("MachineLabel", EdmType.STRING, Borrowed("Machine", "Name")),
    ),
    navigations=(
        Navigation("Machine", lambda: MACHINE, Robot.machine_id, Machine.id),
        Navigation("Jobs", lambda: JOB, Robot.id, Job.robot_id, collection=True),
        Navigation("Twin", lambda: ROBOT, Robot.id, Robot.id),
    ),
)
TAG = EntityType("TagDto", Tag, (Property("Id", EdmType.INT64, Tag.id), Property("Name", EdmType.STRING, Tag.name)))
JOB: EntityType = EntityType(
    "JobDto",
    Job,
    (
        Property("Id", EdmType.INT64, Job.id, nullable=False),
        Property("Key", EdmType.GUID, Job.key, nullable=False),
        Property("State", JOB_STATE, Job.state, nullable=False),
        Property("Name", EdmType.STRING, Job.name),
        Property("SecretCode", EdmType.STRING, Job.secret_code, case_matters=True),
        Property("Priority", EdmType.INT32, Job.priority),
        Property("Cost", EdmType.DECIMAL, Job.cost),
        Property("IsLate", EdmType.BOOLEAN, Job.is_late, nullable=False),
        Property("CreationTime", EdmType.DATE_TIME_OFFSET, Job.created_at, nullable=False),
        Property("EndTime", EdmType.DATE_TIME_OFFSET, Job.ended_at),
        Property("Span", EdmType.DURATION, Job.span),
        Property("Arguments", EdmType.UNTYPED, Job.arguments),
        Property("Details", DETAILS, Computed(lambda name: {"Text": name, "Lines": 1}, Job.name)),
        Property("Labels", EdmType.STRING, Constant(["a"]), collection=True),
        Property("Echoes", EdmType.STRING, Computed(lambda name: [name], Job.name), collection=True),
        Property("Settings", SETTINGS, Job.settings),
        Property("Marks", MARK, Job.marks, collection=True),
        Property("Numbers", EdmType.DOUBLE, Job.numbers, collection=True),
        Property(
            "RobotName",
            EdmType.STRING,
            Expression(lambda job: select(Robot.name).where(Robot.id == job.robot_id).scalar_subquery()),
        ),
        Property("RobotLabel", EdmType.STRING, Borrowed("Robot", "Name"), writable=False),
        Property("ForgeLabel", EdmType.STRING, Borrowed("Robot", "MachineLabel"), writable=False),
        Property("Nothing", EdmType.STRING),
        Property("Edition", EdmType.STRING, Constant("Studio")),
        Property("Origin", JOB_STATE, Constant("Faulted")),
        Property("Expiry", EdmType.DATE_TIME_OFFSET),
    ),
    navigations=(
        Navigation("Robot", lambda: ROBOT, Job.robot_id, Robot.id),
        Navigation("Tags", lambda: TAG, Job.id, Tag.id, collection=True, through=Through(JobTag.job_id, JobTag.tag_id)),
        Navigation(
            "SeenRobot",
            lambda: ROBOT,
            Job.robot_id,
            Robot.id,
            visible=lambda _, robot: [robot.is_hidden.is_(False), func.length(robot.name) > 0],
        ),
    ),
)
JOBS = EntitySet("Jobs", JOB, top_max=100, counts_always=False)
ROBOTS = EntitySet("Robots", ROBOT)

FIRST_KEY = "3fa85f64-5717-4562-b3fc-2c963f66afa6"
SPAN = timedelta(minutes=90)
SECOND_KEY = "00000000-0000-0000-0000-000000000002"


def filled_with_six_jobs(session: Session) -> None:
    """Put in six jobs of our tenant, one of another, three robots, two machines and two tags."""
    session.add_all(
        [
            Machine(id=1, tenant_id=TENANT, name="Forge"),
            Machine(id=2, tenant_id="t2", name="Other's"),
            Robot(id=123, tenant_id=TENANT, name="Ärmel", name_folded="ärmel", type="Unattended", machine_id=1),
            Robot(id=124, tenant_id=TENANT, name="Bob", name_folded="bob", type="NonProduction", is_hidden=True),
            Robot(id=200, tenant_id="t2", name="Spy", name_folded="spy", type="Unattended", machine_id=2),
            Tag(id=1, tenant_id=TENANT, name="red"),
            Tag(id=2, tenant_id=TENANT, name="blue"),
            Tag(id=3, tenant_id="t2", name="red"),
            *[JobTag(job_id=job, tag_id=tag) for job, tag in ((1, 1), (1, 2), (2, 2), (3, 3))],
        ]
    )
    rows: list[dict[str, Any]] = [
        {
            "name": "Invoice",
            "state": 1,
            "priority": 10,
            "cost": 1.5,
            "robot_id": 123,
            "key": FIRST_KEY,
            "settings": {"Mode": "Fast", "Retries": 3, "IsQuiet": True, "Inner": {"Depth": 1.5}},
            "marks": [
                {"Name": "Red", "Weight": 2, "IsSeen": True, "State": "Running"},
                {"Name": "Blue", "Weight": None},
            ],
            "numbers": [1, 2],
        },
        {
            "name": "invoice two",
            "state": 4,
            "priority": 20,
            "cost": 20.0,
            "robot_id": 124,
            "key": SECOND_KEY,
            "span": SPAN,
            "settings": {"Mode": "slow", "Retries": "many"},
            "marks": [],
            "numbers": [2.5],
        },
        {"name": "O'Brien", "state": 5, "priority": None, "cost": None, "robot_id": 200},
        {"name": "50% off_now", "state": 0, "priority": -3, "robot_id": None, "is_late": True},
        {"name": None, "state": 1, "priority": 10, "ended_at": datetime(2026, 11, 24, 23, 59, 59, 500_000, tzinfo=UTC)},
        {"name": "Übung", "state": 5, "priority": 7, "robot_id": 123, "arguments": {"a": [1, 2]}},
        {"name": "Invoice", "state": 1, "tenant_id": "t2", "robot_id": 200},
    ]
    for number, row in enumerate(rows, start=1):
        defaults = {
            "tenant_id": TENANT,
            "key": f"00000000-0000-0000-0000-{number:012d}",
            "is_late": False,
            "secret_code": f"Code{number}",
            "created_at": datetime(2026, 11, number, 8, 30, 15, tzinfo=UTC),
        }
        session.add(Job(id=number, **{**defaults, **row}))
    session.flush()


@contextmanager
def opened_workshop(url: str = "sqlite://") -> Iterator[Session]:
    """Open a session on an empty database, without a word one of SQLite in memory, and put the six jobs in."""
    engine = create_engine(url)
    try:
        Workshop.metadata.create_all(engine)
        with Session(engine) as session:
            filled_with_six_jobs(session)
            yield session
    finally:
        engine.dispose()


def workshop_call(session: Session, query: Mapping[str, str] | None = None, **changes: Any) -> Call:
    """Return a call of ``Jobs_Get`` in our tenant with these query values."""
    operation = Operation(
        0, "Jobs_Get", "Jobs", "GET", "/odata/Jobs", "OR.Jobs.Read", PermissionExpression(), FolderNeed.ACCEPTED
    )
    fields: dict[str, Any] = {
        "operation": operation,
        "tenant": TenantPlace("o", "acme", TENANT, "dev"),
        "caller": caller(organization_id="o"),
        "folder": None,
        "reach": Reach(),
        "path_arguments": {},
        "query": dict(query or {}),
        "headers": {},
        "body": None,
        "base_url": BASE_URL,
        "request_id": "r",
        "session": session,
        "clock": HeldClock(NOW),
        "chance": SeededChance(1),
        "vault": Vault(bytes(32)),
        "files": None,
    }
    return Call(**{**fields, **changes})
