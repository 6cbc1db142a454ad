"""Users for tests: migrated ones, new ones, and passwords that cost next to nothing to hash."""

from dataclasses import dataclass

from tests.factories.acme import MIGRATED_AT, Acme

from stagedoor.identity.passwords import PasswordCost, Passwords
from stagedoor.identity.users.directory import UserDirectory
from stagedoor.identity.users.models import User
from stagedoor.identity.users.schemas import UserOrder
from stagedoor.identity.users.service import Users
from stagedoor.kit.chance import Chance
from stagedoor.kit.secret import Secret

SIGN_IN_PASSWORD = "sign-in-password"
API_PASSWORD = "api-password-of-old"


def cheap_passwords(chance: Chance) -> Passwords:
    """Return a hasher of the least cost that Argon2 allows."""
    return Passwords(chance, cost=PasswordCost(memory_kib=8, passes=1))


@dataclass
class People:
    """The users' service and their directory over one world."""

    world: Acme
    service: Users
    directory: UserDirectory
    passwords: Passwords

    def make(
        self,
        username: str = "ada",
        *,
        email: str = "",
        migrated: bool = True,
        api_password: str | None = API_PASSWORD,
        password: str | None = SIGN_IN_PASSWORD,
        is_directory_user: bool = False,
        is_administrator: bool = False,
        roles: tuple[tuple[str, str], ...] = (("dev", "Automation User"),),
    ) -> User:
        """Make a user and let the directory know; new ones (``migrated=False``) get no API password."""
        world = self.world
        order = UserOrder(
            organization_id=world.organization.id,
            username=username,
            email=email or f"{username}@acme.example",
            password=Secret(password) if password and not is_directory_user else None,
            is_administrator=is_administrator,
            is_directory_user=is_directory_user,
            existed_since=MIGRATED_AT.replace(year=2018) if migrated else None,
        )
        with world.database.write() as session:
            user = self.service.create_user(session, order)
            if migrated and api_password and not is_directory_user:
                self.service.set_api_password(session, world.organization, user, Secret(api_password))
            for tenant_name, role in roles:
                tenant = world.organizations.get_tenant(session, world.organization.id, tenant_name)
                self.service.assign_role(session, user, tenant_id=tenant.id, role=role)
        world.feed.catch_up()
        return user


def people_of(world: Acme) -> People:
    """Return the users' service and a loaded directory."""
    passwords = cheap_passwords(world.chance)
    directory = UserDirectory(world.database)
    directory.follow(world.feed)
    directory.load()
    return People(world, Users(passwords, world.clock, world.chance), directory, passwords)
