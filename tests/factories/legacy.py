"""The old login over one world, with its window open until summer."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from tests.factories.people import API_PASSWORD, People

from stagedoor.identity.attempts import AttemptLimits
from stagedoor.identity.legacy_basic.schemas import LoginAttempt, LoginBody
from stagedoor.identity.legacy_basic.service import LegacyBasic
from stagedoor.identity.legacy_basic.tokens import LegacyTokens
from stagedoor.identity.legacy_basic.uses import LegacyUses
from stagedoor.kit.secret import Secret

UNTIL = datetime(2026, 7, 15, tzinfo=UTC)


@dataclass
class Legacy:
    """The login, its tokens and its counts."""

    people: People
    service: LegacyBasic
    tokens: LegacyTokens
    uses: LegacyUses

    def set_window(self, *, is_open: bool = True, until: datetime | None = UNTIL) -> None:
        """Open or close the window of ``acme``."""
        world = self.people.world
        with world.database.write() as session:
            organization = world.organizations.get_organization(session, "acme")
            world.organizations.set_legacy_window(session, organization, is_open=is_open, until=until)
        world.feed.catch_up()

    def log_in(
        self,
        username: str = "ada",
        password: str = API_PASSWORD,
        *,
        tenancy_name: str = "",
        organization: str | None = "acme",
        tenant: str | None = None,
        user_agent: str = "python-requests/2.31",
    ) -> str:
        """Log in and return the token."""
        attempt = LoginAttempt(
            body=LoginBody(tenancy_name, username, Secret(password)),
            organization=organization,
            tenant=tenant,
            client_address="192.0.2.7",
            user_agent=user_agent,
        )
        return self.service.log_in(attempt).token.reveal()

    def pass_time(self, by: timedelta) -> datetime:
        """Let time pass and return what it is then."""
        return self.people.world.clock.advance(by)


def legacy_of(people: People, *, attempts: AttemptLimits | None = None) -> Legacy:
    """Return the old login with the window of ``acme`` open."""
    world = people.world
    tokens = LegacyTokens(world.vault, world.chance, world.directory, people.directory)
    uses = LegacyUses(world.database)
    service = LegacyBasic(
        database=world.database,
        organizations=world.directory,
        user_directory=people.directory,
        users=people.service,
        passwords=people.passwords,
        tokens=tokens,
        uses=uses,
        attempts=attempts or AttemptLimits(),
        clock=world.clock,
    )
    legacy = Legacy(people, service, tokens, uses)
    legacy.set_window()
    return legacy
