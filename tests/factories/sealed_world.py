"""A store in which every sealed column holds a value, sealed by the services that seal it in earnest."""

from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from stagedoor.admin.sealing import service as sealing
from stagedoor.admin.sealing.rewrap import Rewrap
from stagedoor.admin.sealing.sealed_columns import SEALED_COLUMNS
from stagedoor.admin.sealing.service import SealingKeys, open_sealing_keys
from stagedoor.gateway.keyed_writes.schemas import KeptAnswer
from stagedoor.gateway.keyed_writes.service import KeyedWrites
from stagedoor.identity.issued_tokens.models import RefreshToken, TokenFamily
from stagedoor.identity.issued_tokens.service import PresentedToken, TokenFamilies
from stagedoor.identity.organizations.service import Organizations
from stagedoor.identity.passwords import Passwords
from stagedoor.identity.signing_keys.service import SigningKeys
from stagedoor.identity.users.schemas import UserOrder
from stagedoor.identity.users.service import Users
from stagedoor.kit.chance import Chance, SystemChance
from stagedoor.kit.clock import HeldClock
from stagedoor.kit.crypto import MasterKey
from stagedoor.kit.db import Database
from stagedoor.kit.master_key_source import GivenKey
from stagedoor.kit.secret import Secret
from stagedoor.orchestrator.assets.models import Asset, AssetValue
from stagedoor.orchestrator.assets.schemas import Value, ValueType
from stagedoor.orchestrator.assets.sealing import put_value, reveal_secret
from stagedoor.orchestrator.buckets.models import Bucket
from stagedoor.orchestrator.credential_stores.models import CredentialStore
from stagedoor.orchestrator.folders.service import NewFolder, create_folder
from stagedoor.orchestrator.folders.store import EVERYWHERE
from stagedoor.orchestrator.queue_definitions.models import QueueDefinition
from stagedoor.orchestrator.queue_items.models import QueueItem
from stagedoor.orchestrator.queue_items.sealing import FIELDS, put_content
from stagedoor.orchestrator.tasks.models import Task
from stagedoor.orchestrator.tasks.sealing import put_data
from stagedoor.orchestrator.webhooks.models import Webhook
from stagedoor.orchestrator.webhooks.service import secret_context
from stagedoor.upstream.connections.schemas import ConnectionDraft, ConnectionKind
from stagedoor.upstream.connections.service import Connections
from stagedoor.upstream.upstream_tokens.schemas import Granted
from stagedoor.upstream.upstream_tokens.service import UpstreamTokens

WEBHOOK_CONTEXT = secret_context("webhook-key")
START = datetime(2030, 1, 31, 8, 0, tzinfo=UTC)
VALUES = 17
"""How many sealed values there are once the world is filled."""
FIRST = MasterKey(b"1" * 32)
SECOND = MasterKey(b"2" * 32)
THIRD = MasterKey(b"3" * 32)


class SealedWorld:
    """One store; ``process`` is one more process that works on it."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.clock = HeldClock(START)
        self.chance: Chance = SystemChance()

    def process(self, key: MasterKey = FIRST) -> SealingKeys:
        """Return the keys as a process has them that was started with ``key``."""
        return open_sealing_keys(self.database, GivenKey(key.to_secret()), self.clock, self.chance)

    def rewrap(self, key: MasterKey = FIRST) -> Rewrap:
        """Return the change of the key as a process has it that was started with ``key`` and does not wait."""
        return Rewrap(self.database, self.process(key), self.clock, self.chance, sleep=lambda seconds: None)

    def fill(self, keys: SealingKeys) -> None:
        """Put a value into every sealed column."""
        vault = keys.vault
        SigningKeys(self.database, vault, self.clock, self.chance).prepare()
        organizations = Organizations(vault, self.clock, self.chance)
        connections = Connections(vault, self.clock, self.chance)
        with self.database.write() as session:
            organization = organizations.create_organization(session, "acme")
            tenant = organizations.create_tenant(session, organization, "dev")
            organizations.set_destination(
                session, tenant, remote_base_url="https://orch.example", token=Secret("a token of our own")
            )
            person = Users(Passwords(self.chance), self.clock, self.chance).create_user(
                session, UserOrder(organization_id=organization.id, username="ada")
            )
            session.flush()
            self._exchange_a_token(session, keys, person.id)
            self._add_assets(session, keys, tenant.id)
            new = NewFolder(display_name="Finance")
            folder = create_folder(session, tenant.id, new, reach=EVERYWHERE, clock=self.clock, chance=self.chance)
            self._add_task(session, keys, tenant.id, folder.id)
            self._add_queue_item(session, keys, tenant.id, folder.id)
            self._add_bucket(session, keys, tenant.id)
            draft = ConnectionDraft(
                organization_id=organization.id,
                name="prod",
                kind=ConnectionKind.PERSON,
                base_url="https://orch.example",
                secret=Secret("the first refresh token"),
                client_id="client",
            )
            connection_id = connections.create(session, draft).id
        self.tokens(keys).renew(connection_id)
        writes = KeyedWrites(self.database, vault, self.clock, self.chance)
        writes.claim("name", "holder", "owner")
        answer = KeptAnswer(201, ((b"content-type", b"application/json"),), b"{}")
        writes.finish("name", "owner", fingerprint=None, status=201, answer=answer)

    def tokens(self, keys: SealingKeys, granted: str = "granted") -> UpstreamTokens:
        """Return the upstream tokens as a process has them; the identity server answers with ``granted``."""
        tokens = UpstreamTokens(
            database=self.database,
            connections=Connections(keys.vault, self.clock, self.chance),
            vault=keys.vault,
            clock=self.clock,
            chance=self.chance,
            source=lambda sign_in: Granted(Secret(granted), Secret(f"refresh {granted}"), None),
        )
        tokens.load()
        return tokens

    def open_all(self, keys: SealingKeys) -> dict[str, set[str]]:
        """Return every sealed value, opened, by its column; raises where one does not open."""
        opened: dict[str, set[str]] = {}
        with self.database.read() as session:
            for column in SEALED_COLUMNS:
                rows = session.execute(select(column.named_by, column.value).where(column.value.is_not(None)))
                opened[column.name] = {
                    keys.vault.unseal(sealed, context=column.context_of(named)).reveal() for named, sealed in rows
                }
            for holder in (*session.scalars(select(Asset)), *session.scalars(select(AssetValue))):
                assert reveal_secret(holder, keys.vault) == Secret("an asset's secret")
        return opened

    def values_by_key(self) -> dict[str, int]:
        """Return how many values each key has sealed."""
        state = sealing.read_state(self.database)
        return {key.id: key.values for key in state.keys} | state.unknown

    def _exchange_a_token(self, session: Session, keys: SealingKeys, user_id: str) -> None:
        families = TokenFamilies(keys.vault, self.clock, self.chance)
        session.add(
            TokenFamily(
                id="f",
                kind="rotating",
                client_id="c",
                user_id=user_id,
                scope="openid",
                created_at=START,
                signed_in_at=START,
            )
        )
        session.flush()
        first, second = (families.add_refresh_token(session, "f") for _ in range(2))
        row = session.get(RefreshToken, keys.vault.keyed_hash(first.reveal()))
        assert row is not None
        presented = PresentedToken(row.keyed_hash, "f", user_id, "openid", START, rotates=True)
        families.supersede(session, presented, second, Secret("an answer"))

    def _add_assets(self, session: Session, keys: SealingKeys, tenant_id: str) -> None:
        webhook = Webhook(
            tenant_id=tenant_id,
            key="webhook-key",
            name="Listener",
            url="http://listener.test/",
            enabled=True,
            subscribe_to_all_events=True,
            allow_insecure_ssl=False,
            events=[],
            sealed_secret=keys.vault.seal(Secret("a webhook's secret"), context=WEBHOOK_CONTEXT, chance=self.chance),
            created_at=START,
        )
        session.add(webhook)
        session.add(
            CredentialStore(
                tenant_id=tenant_id,
                key="store-key",
                name="Vault",
                name_folded="vault",
                type="HashiCorpVault",
                default_for=[],
                sealed_configuration=keys.vault.seal(
                    Secret("how to get in"), context="credential_store:store-key", chance=self.chance
                ),
                created_at=START,
            )
        )
        value = Value(type=ValueType.CREDENTIAL, username="robot", secret=Secret("an asset's secret"))
        asset = Asset(
            tenant_id=tenant_id,
            key="asset-key",
            name="Vault",
            value_scope=1,
            has_default_value=True,
            tags=[],
            created_at=START,
            creator_user_number=1,
        )
        for_one = AssetValue(tenant_id=tenant_id, key="value-key", user_number=1, user_name="ada")
        put_value(asset, value, vault=keys.vault, chance=self.chance)
        put_value(for_one, value, vault=keys.vault, chance=self.chance)
        asset.values.append(for_one)
        session.add(asset)

    def _add_queue_item(self, session: Session, keys: SealingKeys, tenant_id: str, folder_id: int) -> None:
        queue = QueueDefinition(
            tenant_id=tenant_id, key="queue-key", folder_id=folder_id, name="Sealed", encrypted=True, created_at=START
        )
        session.add(queue)
        session.flush()
        item = QueueItem(
            tenant_id=tenant_id,
            folder_id=folder_id,
            queue_id=queue.id,
            key="item-key",
            unique_key="item-key",
            priority=1,
            created_at=START,
        )
        for column in FIELDS:
            put_content(item, column, {"amount": 5}, queue, vault=keys.vault, chance=self.chance)
        session.add(item)

    def _add_task(self, session: Session, keys: SealingKeys, tenant_id: str, folder_id: int) -> None:
        task = Task(
            tenant_id=tenant_id,
            folder_id=folder_id,
            key="task-key",
            title="Approve",
            type=1,
            status=0,
            priority=1,
            is_encrypted=True,
            assignment_criteria=0,
            created_at=START,
        )
        put_data(task, {"amount": 5}, vault=keys.vault, chance=self.chance)
        session.add(task)

    def _add_bucket(self, session: Session, keys: SealingKeys, tenant_id: str) -> None:
        password = Secret("a store's password")
        session.add(
            Bucket(
                tenant_id=tenant_id,
                key="bucket-key",
                seal_key="bucket-seal-key",
                name="Elsewhere",
                sealed_password=keys.vault.seal(password, context="bucket:bucket-seal-key", chance=self.chance),
                tags=[],
                created_at=START,
            )
        )
