"""How a bucket, and what lies in one, look in the vendor's API; nothing here reads a password."""

from stagedoor.orchestrator.buckets.models import Bucket, BucketEntry
from stagedoor.orchestrator.buckets.schemas import BUCKET_OPTIONS
from stagedoor.orchestrator.buckets.store import links
from stagedoor.orchestrator.entity import EdmType, EntitySet, EntityType, Expression, Property
from stagedoor.orchestrator.tags import tags_property

BUCKET = EntityType(
    "BucketDto",
    Bucket,
    (
        Property("Name", EdmType.STRING, Bucket.name, nullable=False),
        Property("Description", EdmType.STRING, Bucket.description),
        Property("Identifier", EdmType.GUID, Bucket.key, nullable=False),
        Property("StorageProvider", EdmType.STRING, Bucket.storage_provider),
        Property("StorageParameters", EdmType.STRING, Bucket.storage_parameters, filterable=False),
        Property("StorageContainer", EdmType.STRING, Bucket.storage_container),
        Property("Options", BUCKET_OPTIONS, Bucket.options, nullable=False),
        Property("CredentialStoreId", EdmType.INT64, Bucket.credential_store_id),
        Property("ExternalName", EdmType.STRING, Bucket.external_name),
        Property("Password", EdmType.STRING, filterable=False),
        Property(
            "FoldersCount",
            EdmType.INT32,
            Expression(lambda bucket: links.count_of(bucket.id)),
            nullable=False,
            writable=False,
        ),
        tags_property(Bucket.tags),
        Property("Id", EdmType.INT64, Bucket.id, nullable=False, writable=False),
    ),
)

BUCKETS = EntitySet("Buckets", BUCKET)

BLOB_FILE = EntityType(
    "BlobFileDto",
    BucketEntry,
    (
        Property("FullPath", EdmType.STRING, BucketEntry.path, nullable=False, case_matters=True),
        Property("ContentType", EdmType.STRING, BucketEntry.content_type),
        Property("Size", EdmType.INT64, BucketEntry.size, nullable=False),
        Property("IsDirectory", EdmType.BOOLEAN, BucketEntry.is_directory, nullable=False),
        Property("Id", EdmType.STRING, BucketEntry.path, nullable=False, case_matters=True),
    ),
)

BLOB_FILES = EntitySet("BlobFiles", BLOB_FILE)
