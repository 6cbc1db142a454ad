"""Carrying out what settings of retention say: what has outlived its period is deleted, or put into a bucket first."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from tempfile import SpooledTemporaryFile
from typing import Any, BinaryIO, cast

from sqlalchemy import ColumnElement, delete, inspect, select
from sqlalchemy.orm import Session

from stagedoor.kit.chance import Chance
from stagedoor.kit.db import Database
from stagedoor.kit.files import KeptFile
from stagedoor.kit.logs import get_logger
from stagedoor.orchestrator.buckets.files import put_file, verify_writable
from stagedoor.orchestrator.buckets.models import Bucket
from stagedoor.orchestrator.buckets.store import find_bucket_of_tenant, find_bucket_to_fill
from stagedoor.orchestrator.duties import Duty, DutyCall
from stagedoor.orchestrator.errors import NotFound, OrchestratorError
from stagedoor.orchestrator.exports.csv_rows import write_csv
from stagedoor.orchestrator.retention import Action, Retention

SWEPT_AT_ONCE = 200
"""So few at a time that no other writer waits long, and that an archive fits into memory."""

HELD_BYTES_MAX = 1024 * 1024
CSV = "text/csv"
SEALED = "sealed_"

_log = get_logger(__name__)


def sweep_duty(retentions: Iterable[Retention]) -> Duty:
    """Return the duty that deletes or archives what has outlived its period, by all of these settings."""
    known = tuple(retentions)

    def sweep(duty: DutyCall) -> None:
        for retention in known:
            _sweep(retention, duty)

    return Duty("clear what outlived its retention", every=timedelta(hours=1), carry_out=sweep)


def _sweep(retention: Retention, duty: DutyCall) -> None:
    table, now = retention.table, duty.clock.now()
    with duty.database.read() as session:
        settings = session.scalars(select(table).where(table.action != Action.NONE).order_by(table.id)).all()
        session.expunge_all()
    for setting in settings:
        thing_id: int = getattr(setting, retention.thing.key)
        conditions = retention.outlived(thing_id, setting.kind, now - timedelta(days=setting.period_days))
        if conditions is None:
            continue
        try:
            while _clear_some(retention, setting, conditions, duty):
                pass
        except OrchestratorError as refusal:
            # A bucket that is gone or read-only keeps its own things waiting, and nobody else's.
            _log.warning("archive_refused", set=retention.set_name, thing=thing_id, reason=refusal.public)


def _clear_some(retention: Retention, setting: Any, conditions: Sequence[ColumnElement[bool]], duty: DutyCall) -> bool:
    """Delete some rows, archived first where the setting says so; return whether there may be more."""
    if setting.action == Action.ARCHIVE:
        return _archive_some(retention, setting, conditions, duty)
    with duty.database.read() as session:
        ids = session.scalars(select(retention.rows).where(*conditions).limit(SWEPT_AT_ONCE)).all()
    if ids:
        with duty.database.write() as session:
            _delete(session, retention, ids)
    return len(ids) == SWEPT_AT_ONCE


def _archive_some(
    retention: Retention, setting: Any, conditions: Sequence[ColumnElement[bool]], duty: DutyCall
) -> bool:
    thing_id: int = getattr(setting, retention.thing.key)
    names, rows = _read(retention, conditions, duty.database)
    if not rows:
        return False
    place = names.index(retention.rows.key)
    ids = [row[place] for row in rows]
    with duty.database.read() as session:
        _writable(find_bucket_of_tenant(session, setting.tenant_id, setting.bucket_id))
    kept = _keep(names, rows, duty)
    path = f"/{retention.set_name}/{thing_id}/{ids[0]}-{ids[-1]}.csv"
    with duty.database.write() as session:
        _put(session, setting, path, kept, duty.clock.now())
        _delete(session, retention, ids)
    return len(ids) == SWEPT_AT_ONCE


def _writable(bucket: Bucket | None) -> Bucket:
    if bucket is None:
        raise NotFound("The bucket to archive into is gone.")
    verify_writable(bucket)
    return bucket


def _read(
    retention: Retention, conditions: Sequence[ColumnElement[bool]], database: Database
) -> tuple[list[str], Sequence[Any]]:
    columns = [
        attribute.class_attribute
        for attribute in inspect(retention.rows.class_).column_attrs
        if not attribute.key.startswith(SEALED)
    ]
    wanted = select(*columns).where(*conditions).order_by(retention.rows).limit(SWEPT_AT_ONCE)
    with database.read() as session:
        return [column.key for column in columns], session.execute(wanted).all()


def _keep(names: list[str], rows: Sequence[Any], duty: DutyCall) -> KeptFile:
    with SpooledTemporaryFile(HELD_BYTES_MAX) as spooled:
        out = cast("BinaryIO", spooled)
        write_csv(_lines(names, rows), out)
        out.seek(0)
        return duty.files.keep(_new_name(duty.chance), out)


def _lines(names: list[str], rows: Sequence[Any]) -> Iterator[Sequence[Any]]:
    yield names
    yield from rows


def _new_name(chance: Chance) -> str:
    return chance.random_bytes(16).hex()


def _put(session: Session, setting: Any, path: str, kept: KeptFile, now: datetime) -> None:
    bucket = _writable(find_bucket_to_fill(session, setting.tenant_id, setting.bucket_id))
    put_file(session, bucket, path, kept, content_type=CSV, now=now)


def _delete(session: Session, retention: Retention, ids: Sequence[int]) -> None:
    session.execute(delete(retention.rows.class_).where(retention.rows.in_(ids)))
