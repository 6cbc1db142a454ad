"""What may be done with credential stores: remember, change and forget them, and say which one is meant by default."""

from stagedoor.kit.chance import random_guid
from stagedoor.orchestrator.call import Call
from stagedoor.orchestrator.credential_stores import store
from stagedoor.orchestrator.credential_stores.models import CredentialStore
from stagedoor.orchestrator.credential_stores.schemas import OWN_NAME, OWN_TYPE, RESOURCE_TYPE, StoreValues
from stagedoor.orchestrator.errors import Conflict, InvalidRequest, NameInUse, NotFound
from stagedoor.orchestrator.registry import Settlement


def get_store(call: Call, store_id: int) -> CredentialStore:
    """Return a store of the tenant, or raise ``NotFound``."""
    row = store.find_store(call.session, call.tenant.tenant_id, store_id)
    if row is None:
        raise NotFound(f"There is no credential store {store_id}.")
    return row


def verify_is_own(call: Call, store_id: int) -> None:
    """Check that what is to be kept belongs into the store that is Stagedoor's own, the only one that it reads.

    Raises ``NotFound`` for a store that the tenant does not have, and ``InvalidRequest`` for another's store.
    """
    if not get_store(call, store_id).is_own:
        raise InvalidRequest(
            "Stagedoor remembers this credential store and cannot keep secrets in it.",
            hint="Leave CredentialStoreId out, or name the store of the tenant's own.",
            details={"field": "CredentialStoreId"},
        )


def create_store(call: Call, values: StoreValues) -> CredentialStore:
    """Remember a store; raises ``NameInUse``, and ``InvalidRequest`` for a second one of Stagedoor's own kind."""
    if values.type == OWN_TYPE:
        raise InvalidRequest(
            f"There is one credential store of type {OWN_TYPE}, and it is there already.", details={"field": "Type"}
        )
    row = CredentialStore(
        tenant_id=call.tenant.tenant_id,
        key=random_guid(call.chance),
        type=values.type,
        default_for=[],
        created_at=call.clock.now(),
    )
    _put(call, row, values)
    store.save_store(call.session, row)
    return row


def update_store(call: Call, row: CredentialStore, values: StoreValues) -> None:
    """Change a store; its kind stays (400/1000), for its configuration means nothing to another one."""
    if values.type != row.type:
        raise InvalidRequest("The Type of a credential store cannot be changed.", details={"field": "Type"})
    _put(call, row, values)
    store.save_store(call.session, row)


def delete_store(call: Call, row: CredentialStore, *, is_forced: bool) -> None:
    """Forget a store.

    Raises ``Conflict`` (409) for Stagedoor's own, and for one that is meant by default unless ``is_forced``: what it
    was meant for goes to Stagedoor's own then.
    """
    if row.is_own:
        raise Conflict(f"The credential store {row.name!r} is the one in which everything lies.")
    if row.default_for and not is_forced:
        raise Conflict(
            f"The credential store {row.name!r} is the default of something.",
            hint="Make another one the default first, or send forceDelete=true.",
        )
    for kind in row.default_for:
        set_default(call, store.list_stores_to_change(call.session, call.tenant.tenant_id)[0], kind)
    store.delete_store(call.session, row)


def set_default(call: Call, row: CredentialStore, kind: int) -> None:
    """Let a store be meant by default for a kind of resource, and no other one."""
    for other in store.list_stores_to_change(call.session, call.tenant.tenant_id):
        kinds = {*other.default_for} - {kind}
        other.default_for = sorted(kinds | {kind} if other.id == row.id else kinds)
    call.session.flush()


def default_of(call: Call, kind: int) -> int:
    """Return the id of the store that is meant by default for a kind of resource: there is always one."""
    stores = store.list_stores(call.session, call.tenant.tenant_id)
    return next(row.id for row in stores if kind in row.default_for)


def _put(call: Call, row: CredentialStore, values: StoreValues) -> None:
    row.name = values.name
    row.name_folded = values.name.casefold()
    row.host_name = values.host_name
    row.proxy_id = values.proxy_id
    if values.configuration is not None:
        context = f"credential_store:{row.key}"
        row.sealed_configuration = call.vault.seal(values.configuration, context=context, chance=call.chance)


def _is_missing(call: Call) -> bool:
    return not store.has_any(call.session, call.tenant.tenant_id)


def _make_own(call: Call) -> None:
    own = CredentialStore(
        tenant_id=call.tenant.tenant_id,
        key=random_guid(call.chance),
        name=OWN_NAME,
        name_folded=OWN_NAME.casefold(),
        type=OWN_TYPE,
        is_own=True,
        default_for=sorted(RESOURCE_TYPE.members.values()),
        created_at=call.clock.now(),
    )
    try:
        store.save_store(call.session, own)
    except NameInUse:
        # Somebody else looked at the same moment; one of the two is enough.
        return


OWN_STORE = Settlement(_is_missing, _make_own)
"""A tenant has its own store from the first look on."""
