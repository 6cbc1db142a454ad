"""Access keys for tests, made by the service itself."""

from dataclasses import dataclass
from datetime import datetime

from tests.factories.acme import Acme

from stagedoor.identity.api_users.key_ring import KeyRing
from stagedoor.identity.api_users.schemas import AccessKeyOrder, IssuedAccessKey
from stagedoor.identity.api_users.service import AccessKeys


@dataclass
class Keys:
    """The service that makes keys and the ring that checks them, over one world."""

    world: Acme
    service: AccessKeys
    ring: KeyRing

    def make(
        self,
        name: str = "nightly",
        *,
        allow: tuple[str, ...] = ("Jobs_Get",),
        folder_keys: tuple[str, ...] | None = None,
        networks: tuple[str, ...] = (),
        expires_at: datetime | None = None,
        api_user_name: str = "",
        created_by: str = "ada",
    ) -> IssuedAccessKey:
        """Make a key for tenant ``dev`` and let the ring know."""
        order = AccessKeyOrder(
            organization_id=self.world.organization.id,
            tenant_id=self.world.dev.id,
            name=name,
            allow=allow,
            folder_keys=folder_keys,
            networks=networks,
            expires_at=expires_at,
            api_user_name=api_user_name,
            created_by=created_by,
        )
        with self.world.database.write() as session:
            issued = self.service.create_key(session, order)
        self.world.feed.catch_up()
        return issued


def keys_of(world: Acme) -> Keys:
    """Return the keys' service and a loaded ring."""
    ring = KeyRing(world.database, world.vault)
    ring.follow(world.feed)
    ring.load()
    return Keys(world, AccessKeys(world.vault, world.clock, world.chance), ring)
