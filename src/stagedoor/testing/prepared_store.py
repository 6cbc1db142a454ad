"""The data with which every server for tests starts: made once for a version, kept, and copied."""

import hashlib
import inspect
import json
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import mkdtemp

from platformdirs import user_cache_path

from stagedoor import __version__
from stagedoor.admin import first_start
from stagedoor.door.house import House
from stagedoor.door.opening import open_house
from stagedoor.identity.api_users.schemas import AccessKeyOrder
from stagedoor.identity.api_users.service import AccessKeys
from stagedoor.kit.chance import SystemChance
from stagedoor.kit.clock import HeldClock
from stagedoor.kit.private_file import write_private
from stagedoor.kit.settings import Settings
from stagedoor.migrations.upgrade import HEAD, SCRIPTS
from stagedoor.orchestrator import seed

START = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
"""When every test begins: a Monday morning."""
FACTS_FILE = "for-tests.json"
KEY_NAME = "tests"


@dataclass(frozen=True, slots=True)
class Facts:
    """What the store holds beside what a first start leaves: an access key that may do everything in the tenant."""

    access_key: str
    organization_id: str
    tenant_id: str


def copy_prepared_store(target: Path) -> Facts:
    """Fill a directory that does not exist yet with a seeded store, and say what is in it.

    The first time on a machine, and after an upgrade, it takes some seconds to make; it is kept in the user's cache.
    Where that cannot be written it is made anew. The secrets in it belong to tests and open nothing else.
    """
    kept = user_cache_path("stagedoor") / "testing" / _name()
    if not kept.is_dir():
        try:
            kept.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            _make_at(kept)
        except OSError:
            _prepare(target)
            return read_facts(target)
    shutil.copytree(kept, target)
    return read_facts(target)


def read_facts(directory: Path) -> Facts:
    """Return what was noted about the store in a directory."""
    return Facts(**json.loads((directory / FACTS_FILE).read_text()))


def _name() -> str:
    sources = "".join(inspect.getsource(module) for module in (first_start, seed))
    # Two branches of the code may call different versions by the same number.
    sources += "".join(path.read_text() for path in sorted(SCRIPTS.glob(f"versions/{HEAD}_*.py")))
    return f"{__version__}-{HEAD}-{hashlib.sha256(sources.encode()).hexdigest()[:16]}"


def _make_at(kept: Path) -> None:
    making = Path(mkdtemp(dir=kept.parent, prefix=".making-"))
    try:
        _prepare(making / "data")
        try:
            (making / "data").rename(kept)
        except OSError:
            # Another test run was faster, and what it made is as good.
            if not kept.is_dir():
                raise
    finally:
        shutil.rmtree(making, ignore_errors=True)


def _prepare(directory: Path) -> None:
    settings = Settings(data_dir=directory)
    with open_house(settings, clock=HeldClock(START), chance=SystemChance()) as house:
        house.oauth.signing_keys.prepare()
        facts = _make_key(house)
    write_private(directory / FACTS_FILE, json.dumps(facts))
    shutil.rmtree(directory / "limits", ignore_errors=True)


def _make_key(house: House) -> dict[str, str]:
    [organization] = house.directory.all_organizations()
    place = organization.tenants[0].place
    order = AccessKeyOrder(
        organization_id=place.organization_id,
        tenant_id=place.tenant_id,
        name=KEY_NAME,
        allow=("all",),
        created_by=KEY_NAME,
    )
    with house.database.write() as session:
        issued = AccessKeys(house.sealing_keys.vault, house.clock, house.chance).create_key(session, order)
    return {
        "access_key": issued.key.reveal(),
        "organization_id": place.organization_id,
        "tenant_id": place.tenant_id,
    }
