"""Personal access tokens for tests, made by the service itself."""

from dataclasses import dataclass
from datetime import timedelta

from tests.factories.people import People

from stagedoor.identity.personal_access_tokens.schemas import IssuedPersonalAccessToken, PersonalAccessTokenOrder
from stagedoor.identity.personal_access_tokens.service import PersonalAccessTokens
from stagedoor.identity.personal_access_tokens.token_ring import PersonalAccessTokenRing
from stagedoor.identity.users.models import User


@dataclass
class PersonalTokens:
    """The service that makes tokens and the ring that checks them, over one world."""

    people: People
    service: PersonalAccessTokens
    ring: PersonalAccessTokenRing

    def make(
        self,
        owner: User,
        *,
        name: str = "laptop",
        scopes: tuple[str, ...] = ("OR.Jobs.Read",),
        lifetime: timedelta = timedelta(days=30),
    ) -> IssuedPersonalAccessToken:
        """Make a token and let the ring know."""
        world = self.people.world
        order = PersonalAccessTokenOrder(name=name, scopes=scopes, expires_at=world.clock.now() + lifetime)
        with world.database.write() as session:
            issued = self.service.create_token(session, owner, order)
        world.feed.catch_up()
        return issued


def personal_tokens_of(people: People) -> PersonalTokens:
    """Return the tokens' service and a loaded ring."""
    world = people.world
    ring = PersonalAccessTokenRing(world.database, world.vault, people.directory, world.clock)
    ring.follow(world.feed)
    ring.load()
    return PersonalTokens(people, PersonalAccessTokens(world.vault, world.clock, world.chance), ring)
