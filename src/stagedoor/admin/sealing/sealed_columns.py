"""Every column of the store that holds something sealed: the one list that a change of the key goes by.

``tests/architecture/test_sealed_columns.py`` fails for a sealed column that is missing here.
"""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, Table, inspect
from sqlalchemy.orm import InstrumentedAttribute

from stagedoor.admin.sealing.models import HashKey
from stagedoor.gateway.keyed_writes.models import KeyedWriteRow
from stagedoor.identity.issued_tokens.models import RefreshToken
from stagedoor.identity.organizations.models import Tenant
from stagedoor.identity.signing_keys.models import SigningKeyRow
from stagedoor.orchestrator.assets.models import Asset, AssetValue
from stagedoor.orchestrator.buckets.models import Bucket
from stagedoor.orchestrator.credential_stores.models import CredentialStore
from stagedoor.orchestrator.queue_items.models import QueueItem
from stagedoor.orchestrator.tasks.models import Task
from stagedoor.orchestrator.webhooks.models import Webhook
from stagedoor.upstream.connections.models import Connection
from stagedoor.upstream.upstream_tokens.models import UpstreamToken


@dataclass(frozen=True, slots=True)
class SealedColumn:
    """One column, and the context of each of its values: a text in which ``named_by`` of the row takes its place."""

    value: ColumnElement[str]
    row_id: ColumnElement[str | int]
    named_by: ColumnElement[str | int]
    context: str
    table: Table

    @property
    def name(self) -> str:
        """The column as people write it."""
        return f"{self.table.name}.{self.value.key}"

    def context_of(self, name: str | int) -> str:
        """Return the context of the value in the row that is named so."""
        return self.context.format(name)


def _column(
    value: InstrumentedAttribute[str] | InstrumentedAttribute[str | None],
    context: str,
    named_by: InstrumentedAttribute[str] | None = None,
) -> SealedColumn:
    table = value.class_.__table__
    [row_id] = inspect(value.class_).primary_key
    named = row_id if named_by is None else table.c[named_by.key]
    return SealedColumn(table.c[value.key], row_id, named, context, table)


SEALED_COLUMNS = (
    _column(HashKey.sealed_key, "hash_key"),
    _column(Tenant.sealed_upstream_token, "tenant:{}"),
    _column(RefreshToken.sealed_answer, "refresh_answer:{}"),
    _column(SigningKeyRow.sealed_private_key, "signing_key:{}"),
    _column(Connection.sealed_secret, "connection:{}"),
    _column(UpstreamToken.sealed_access_token, "upstream-token:{}"),
    _column(UpstreamToken.sealed_refresh_token, "upstream-refresh-token:{}"),
    _column(Asset.sealed_secret, "asset:{}", named_by=Asset.key),
    _column(CredentialStore.sealed_configuration, "credential_store:{}", named_by=CredentialStore.key),
    _column(Webhook.sealed_secret, "webhook:{}", named_by=Webhook.key),
    _column(AssetValue.sealed_secret, "asset value:{}", named_by=AssetValue.key),
    _column(QueueItem.sealed_specific_content, "queue_item_specific_content:{}", named_by=QueueItem.key),
    _column(QueueItem.sealed_output, "queue_item_output:{}", named_by=QueueItem.key),
    _column(QueueItem.sealed_analytics, "queue_item_analytics:{}", named_by=QueueItem.key),
    _column(Bucket.sealed_password, "bucket:{}", named_by=Bucket.seal_key),
    _column(Task.sealed_data, "task:{}", named_by=Task.key),
    _column(KeyedWriteRow.sealed_answer, "keyed_write:{}"),
)
