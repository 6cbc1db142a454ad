"""A change of the master key reaches everything that is sealed: what it does not know of would be lost with the key."""

import ast
from pathlib import Path

from stagedoor.admin.sealing.fence import COLUMNS_BEGIN
from stagedoor.admin.sealing.models import SealingKey
from stagedoor.admin.sealing.sealed_columns import SEALED_COLUMNS
from stagedoor.kit.db import Base
from stagedoor.migrations.tables import register_tables

SOURCE = Path(__file__).parents[2] / "src" / "stagedoor"

CARRIED_BY_EACH_OTHER = {f"{SealingKey.__tablename__}.sealed_key"}
"""The keys themselves: a change of the key makes and removes these, and reads them in no other way."""

SEALS_INTO_A_COLUMN = {
    "admin/sealing/rewrap.py",
    "admin/sealing/service.py",
    "gateway/keyed_writes/service.py",
    "identity/issued_tokens/service.py",
    "identity/organizations/service.py",
    "identity/signing_keys/service.py",
    "orchestrator/assets/sealing.py",
    "orchestrator/credential_stores/service.py",
    "orchestrator/webhooks/service.py",
    "orchestrator/queue_items/sealing.py",
    "orchestrator/tasks/sealing.py",
    "orchestrator/buckets/service.py",
    "upstream/connections/service.py",
    "upstream/upstream_tokens/service.py",
}
"""Who seals what is stored; each into a column of ``SEALED_COLUMNS``."""

SEALS_FOR_CALLERS = {"console/sessions.py", "console/sealed_cookie.py", "identity/legacy_basic/tokens.py"}
"""Who seals what callers hold: it ends with the key, and is opened with ``unseal_presented``, which reads no store."""


def columns_named_sealed() -> set[str]:
    register_tables()
    return {
        f"{table.name}.{column.name}"
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if column.name.startswith(COLUMNS_BEGIN)
    }


def modules_that_call(method: str) -> set[str]:
    return {
        str(module.relative_to(SOURCE))
        for module in SOURCE.rglob("*.py")
        for call in ast.walk(ast.parse(module.read_text()))
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr == method
    } - {"kit/crypto.py"}


def test_every_sealed_column_is_sealed_again_when_the_key_changes() -> None:
    known = {column.name for column in SEALED_COLUMNS}
    assert columns_named_sealed() == known | CARRIED_BY_EACH_OTHER
    assert len(known) == len(SEALED_COLUMNS)


def test_whoever_seals_is_known_here() -> None:
    unknown = modules_that_call("seal") - SEALS_INTO_A_COLUMN - SEALS_FOR_CALLERS
    assert unknown == set(), (
        "what is sealed must be found when the key changes: name its column sealed_…, add it to SEALED_COLUMNS with "
        "its context, to tests/factories/sealed_world.py with a value, and the module here"
    )


def test_what_callers_hold_is_opened_without_the_store() -> None:
    assert modules_that_call("unseal_presented") <= SEALS_FOR_CALLERS
    assert not modules_that_call("unseal") & SEALS_FOR_CALLERS
