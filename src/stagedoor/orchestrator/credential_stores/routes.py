"""The vendor's operations on credential stores."""

from stagedoor.orchestrator.answers import answer_value
from stagedoor.orchestrator.assets.schemas import ValueType
from stagedoor.orchestrator.call import Answer, Call
from stagedoor.orchestrator.credential_stores import service, store
from stagedoor.orchestrator.credential_stores.entities import (
    ASSET_RESOURCES,
    ASSET_SECRETS,
    CREDENTIAL_STORES,
    PROXY_RESOURCES,
    ROBOT_RESOURCES,
)
from stagedoor.orchestrator.credential_stores.models import CredentialStore
from stagedoor.orchestrator.credential_stores.schemas import (
    PROXY_RESOURCE_TYPE,
    RESOURCE_TYPE,
    STORE_TYPES,
    read_resource_type,
    read_store,
)
from stagedoor.orchestrator.fields import find_enum, get_body, get_number_argument, get_required
from stagedoor.orchestrator.odata.read import read_one, read_set
from stagedoor.orchestrator.registry import Basis, Routes

REMEMBERED = (
    "Stores of other houses are remembered, with their configuration sealed and shown to nobody, and never asked for "
    "anything: every secret lies in Stagedoor's own."
)

routes = Routes(settlement=service.OWN_STORE)


@routes.reads("CredentialStores_Get", note=REMEMBERED)
def list_stores(call: Call) -> Answer:
    """Answer the tenant's stores."""
    return read_set(call, CREDENTIAL_STORES)


@routes.reads("CredentialStores_GetById")
def get_store(call: Call) -> Answer:
    """Answer one store."""
    return read_one(call, CREDENTIAL_STORES, [store.has_id(get_number_argument(call, "key"))])


@routes.writes("CredentialStores_Post", note=REMEMBERED)
def create_store(call: Call) -> Answer:
    """Remember a store."""
    row = service.create_store(call, read_store(get_body(call)))
    return read_one(call, CREDENTIAL_STORES, [store.has_id(row.id)], status=201)


@routes.writes("CredentialStores_PutById", note="A configuration that is not sent stays; the Type stays always.")
def update_store(call: Call) -> Answer:
    """Change a store."""
    service.update_store(call, _store(call), read_store(get_body(call)))
    return Answer()


@routes.writes(
    "CredentialStores_DeleteById",
    basis=Basis.GUESS,
    note="A default one needs forceDelete; Stagedoor's own takes its place and cannot be deleted itself.",
)
def delete_store(call: Call) -> Answer:
    """Forget a store."""
    is_forced = call.query.get("forcedelete", "").strip().lower() == "true"
    service.delete_store(call, _store(call), is_forced=is_forced)
    return Answer(status=204)


@routes.writes("CredentialStores_SetDefaultStoreForResourceTypeById")
def set_default(call: Call) -> Answer:
    """Let a store be meant by default for a kind of resource."""
    kind = get_required(find_enum(get_body(call), "resourceType", RESOURCE_TYPE), "resourceType")
    service.set_default(call, _store(call), kind)
    return Answer()


@routes.reads("CredentialStores_GetDefaultStoreForResourceTypeByResourcetype")
def get_default(call: Call) -> Answer:
    """Answer which store is meant by default for a kind of resource."""
    kind = read_resource_type(call.path_arguments["resourceType"])
    return answer_value(call, "Edm.Int64", service.default_of(call, kind))


@routes.reads(
    "CredentialStores_GetAvailableCredentialStoreTypes",
    note="The kinds that Stagedoor can remember, by names that the vendor's documentation uses.",
)
def list_types(call: Call) -> Answer:
    """Answer the kinds of stores that can be remembered."""
    return answer_value(call, "Collection(Edm.String)", list(STORE_TYPES))


@routes.reads(
    "CredentialStores_GetResourcesForCredentialStoreTypesByKeyAndResourcetype",
    basis=Basis.GUESS,
    note="Everything lies in Stagedoor's own store, and nothing in any other one.",
)
def list_resources(call: Call) -> Answer:
    """Answer what lies in a store: assets and robots within reach."""
    kind = read_resource_type(call.path_arguments["resourceType"])
    row = _store(call)
    tenant_id, reach = call.tenant.tenant_id, call.reach
    match RESOURCE_TYPE.word(kind) if row.is_own else "":
        case "AssetCredential":
            return read_set(call, ASSET_RESOURCES, store.assets_with(tenant_id, reach, ValueType.CREDENTIAL))
        case "Secrets":
            return read_set(call, ASSET_SECRETS, store.assets_with(tenant_id, reach, ValueType.SECRET))
        case "RobotCredential":
            return read_set(call, ROBOT_RESOURCES, store.robots_within(tenant_id, reach))
        case _:
            return read_set(call, ASSET_RESOURCES, store.nothing())


@routes.reads(
    "CredentialStores_GetResourcesForCredentialsProxyResourceTypes",
    basis=Basis.GUESS,
    note="A proxy that no store names holds nothing; there is no way to make proxies.",
)
def list_proxy_resources(call: Call) -> Answer:
    """Answer the stores behind a proxy."""
    kind = read_resource_type(call.path_arguments["resourceType"], PROXY_RESOURCE_TYPE)
    stores_only = kind == PROXY_RESOURCE_TYPE.members["CredentialStore"]
    return read_set(call, PROXY_RESOURCES, [store.is_behind(get_number_argument(call, "key"), stores_only=stores_only)])


def _store(call: Call) -> CredentialStore:
    return service.get_store(call, get_number_argument(call, "key"))
