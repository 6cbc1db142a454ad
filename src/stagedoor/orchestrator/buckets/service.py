"""What may be done with buckets: make, change, delete and share them; each within one folder of one tenant."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from stagedoor.kit.chance import Chance, random_guid
from stagedoor.kit.clock import Clock
from stagedoor.kit.crypto import Vault
from stagedoor.orchestrator.buckets import store
from stagedoor.orchestrator.buckets.models import Bucket
from stagedoor.orchestrator.buckets.schemas import BucketValues
from stagedoor.orchestrator.errors import AlreadyExists, InvalidRequest, NotFound
from stagedoor.orchestrator.folders.models import Folder
from stagedoor.orchestrator.sharing import Shares, share_thing, verify_folders, verify_seen_within_reach
from stagedoor.passage import FolderPlace, Reach

CHANGEABLE = (
    "description",
    "options",
    "storage_provider",
    "storage_parameters",
    "storage_container",
    "credential_store_id",
    "external_name",
    "tags",
)


@dataclass(frozen=True, slots=True)
class Writer:
    """What buckets are written with."""

    clock: Clock
    chance: Chance
    vault: Vault

    def put(self, bucket: Bucket, values: BucketValues) -> None:
        """Write what was sent into a bucket and leave the rest."""
        for name in CHANGEABLE:
            value = getattr(values, name)
            if value is not None:
                setattr(bucket, name, value)
        if values.password is not None:
            bucket.sealed_password = self.vault.seal(
                values.password, context=f"bucket:{bucket.seal_key}", chance=self.chance
            )


def create_bucket(session: Session, tenant_id: str, folder_id: int, values: BucketValues, writer: Writer) -> Bucket:
    """Make a bucket.

    Raises ``NameInUse`` (409/1001) for a name that the folder has, ``AlreadyExists`` (409/1004) for an identifier that
    a bucket of the tenant has.
    """
    if store.has_bucket_key(session, tenant_id, values.identifier):
        raise AlreadyExists(f"There is a bucket with the identifier {values.identifier} already.")
    bucket = Bucket(
        tenant_id=tenant_id,
        key=values.identifier,
        seal_key=random_guid(writer.chance),
        name=values.name,
        options=0,
        tags=[],
        created_at=writer.clock.now(),
    )
    writer.put(bucket, values)
    store.add_bucket(session, bucket, folder_id)
    return bucket


def update_bucket(session: Session, bucket: Bucket, values: BucketValues, writer: Writer) -> None:
    """Change what was sent and leave the rest; raises ``NameInUse``, and ``InvalidRequest`` for another identifier."""
    if values.identifier != bucket.key:
        raise InvalidRequest(
            "The Identifier of a bucket is decided when it is made and cannot be changed.",
            details={"field": "Identifier"},
        )
    if values.name != bucket.name:
        store.links.rename(session, bucket.id, values.name)
        bucket.name = values.name
    writer.put(bucket, values)
    session.flush()


def get_bucket(session: Session, tenant_id: str, folder: FolderPlace, bucket_id: int) -> Bucket:
    """Return a bucket that the folder sees, or raise ``NotFound``."""
    bucket = store.find_bucket(session, tenant_id, bucket_id, store.in_folder(folder))
    if bucket is None:
        raise NotFound(f"There is no bucket {bucket_id} in this folder.")
    return bucket


def get_bucket_within_reach(session: Session, tenant_id: str, reach: Reach, bucket_id: int) -> Bucket:
    """Return a bucket that some folder within reach sees, or raise ``NotFound``."""
    bucket = store.find_bucket(session, tenant_id, bucket_id, store.within_reach(tenant_id, reach))
    if bucket is None:
        raise NotFound(f"There is no bucket {bucket_id}.")
    return bucket


def delete_bucket(session: Session, bucket: Bucket, reach: Reach) -> None:
    """Delete a bucket with its files, for every folder that sees it; raises ``Conflict`` if one is out of reach."""
    verify_seen_within_reach(*list_folders(session, bucket, reach), f"The bucket {bucket.name!r}")
    store.delete_bucket(session, bucket)


def list_folders(session: Session, bucket: Bucket, reach: Reach) -> tuple[Sequence[Folder], int]:
    """Return the folders within reach that see the bucket, and how many see it in all."""
    return store.links.list_folders(session, bucket.tenant_id, bucket.id, reach)


def share_buckets(session: Session, tenant_id: str, folder: FolderPlace, shares: Shares[int], reach: Reach) -> None:
    """Let folders within reach see buckets of this folder, or see them no longer.

    Raises ``NotFound`` for a bucket or folder that is not there, ``NameInUse`` for a folder with another bucket of that
    name, ``Conflict`` for taking a bucket out of the last folder that sees it.
    """
    verify_folders(session, tenant_id, reach, shares)
    for bucket_id in shares.thing_ids:
        bucket = get_bucket(session, tenant_id, folder, bucket_id)
        share_thing(session, store.links, bucket, shares, f"The bucket {bucket.name!r}")
