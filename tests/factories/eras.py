"""A store with organizations of three ages: one with an open legacy window, one whose window is over, and a new one."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from stagedoor.admin.first_start import FILE
from stagedoor.door.opening import open_house
from stagedoor.identity.organizations.service import Organizations
from stagedoor.identity.passwords import Passwords
from stagedoor.identity.users.schemas import UserOrder
from stagedoor.identity.users.service import Users
from stagedoor.kit.chance import SystemChance
from stagedoor.kit.clock import SystemClock
from stagedoor.kit.crypto import Vault
from stagedoor.kit.secret import Secret
from stagedoor.kit.settings import Settings

MIGRATED_AT = datetime(2019, 6, 1, tzinfo=UTC)
EXISTED_SINCE = datetime(2018, 3, 1, tzinfo=UTC)
ENDED_AT = datetime(2019, 7, 15, tzinfo=UTC)

ENDED_ORGANIZATION = "bygone"
NEW_ORGANIZATION = "newcomer"
TENANT = "main"
OLD_USER = "old.script"
OLD_API_PASSWORD = "an API password from before 2019"
NEW_USER = "new.script"
NEW_PASSWORD = "a sign-in password of today"


def make_eras(data_dir: Path, *, database_url: str = "") -> None:
    """Make a store with the seeded organization, one whose window ended in 2019 and one made afterwards."""
    clock, chance = SystemClock(), SystemChance()
    with open_house(Settings(data_dir=data_dir, database_url=database_url)) as house:
        organizations = Organizations(_vault(data_dir), clock, chance)
        users = Users(Passwords(chance), clock, chance)
        with house.database.write() as session:
            bygone = organizations.create_organization(session, ENDED_ORGANIZATION, migrated_at=MIGRATED_AT)
            organizations.create_tenant(session, bygone, TENANT)
            organizations.set_legacy_window(session, bygone, is_open=True, until=ENDED_AT)
            old = UserOrder(organization_id=bygone.id, username=OLD_USER, existed_since=EXISTED_SINCE)
            users.set_api_password(session, bygone, users.create_user(session, old), Secret(OLD_API_PASSWORD))
            newcomer = organizations.create_organization(session, NEW_ORGANIZATION)
            organizations.create_tenant(session, newcomer, TENANT)
            password = Secret(NEW_PASSWORD)
            new = UserOrder(organization_id=newcomer.id, username=NEW_USER, password=password, is_administrator=True)
            users.create_user(session, new)


def seeded_legacy_user(data_dir: Path) -> tuple[str, str]:
    """Return the name and the API password of the migrated user that the first start made."""
    legacy: dict[str, Any] = json.loads((data_dir / FILE).read_text())["legacy"]
    return legacy["username"], legacy["password"]


def _vault(data_dir: Path) -> Vault:
    return Vault(bytes.fromhex((data_dir / "master.key").read_text()))
