"""Whatever a key is narrowed to, and however often: less, or the same. Counted against what each step allows alone."""

from dataclasses import replace
from datetime import timedelta
from typing import cast

from hypothesis import given
from hypothesis import strategies as st
from tests.factories.callers import NOW, caller, terms

from stagedoor.access.grants import Grants, Lineages
from stagedoor.catalog.matcher import CATALOG
from stagedoor.client import narrow_offline
from stagedoor.identity.api_users.key_form import draw_key
from stagedoor.identity.api_users.key_ring import HeldKey, KeyRing
from stagedoor.identity.api_users.narrowed_form import Layer
from stagedoor.identity.api_users.narrowed_keys import NarrowedKeys, RefusedNarrowedKey
from stagedoor.kit.chance import SeededChance
from stagedoor.kit.crypto import Vault
from stagedoor.passage import Allowance, Caller, FolderPlace, GrantTerms

GRANTS = Grants(CATALOG)
TREE: Lineages = {
    "root": ("root",),
    "child": ("root", "child"),
    "leaf": ("root", "child", "leaf"),
    "aside": ("aside",),
    "unnamed": ("unnamed",),
}
WORDS = st.sampled_from(
    [
        *("all", "Jobs_Get", "Jobs_StartJobs", "tag:Jobs", "tag:Webhooks", "scope:OR.Jobs", "scope:OR.Assets.Read"),
        *("permission:Jobs.View", "permission:Queues.View", "permission:Transactions.View", "role:Automation User"),
        *("nonsense", "x:y"),
    ]
)
ALLOW = st.lists(WORDS, min_size=1, max_size=3).map(tuple)
FOLDERS = st.lists(st.sampled_from(["root", "child", "leaf", "aside"]), min_size=1, max_size=2).map(tuple)
NETWORKS = st.lists(
    st.sampled_from(["0.0.0.0/0", "10.0.0.0/8", "10.1.0.0/16", "192.0.2.0/24", "2001:db8::/32", "no network"]),
    max_size=2,
).map(tuple)
LAYERS = st.lists(
    st.builds(
        Layer,
        st.just("x"),
        st.none() | ALLOW,
        st.none() | FOLDERS,
        NETWORKS,
        st.none() | st.integers(1, 9).map(lambda hours: NOW + timedelta(hours=hours)),
    ),
    min_size=1,
    max_size=3,
)
PARENTS = st.builds(
    GrantTerms,
    st.builds(Allowance, ALLOW, st.none() | FOLDERS).map(lambda allowance: (allowance,)),
    networks=NETWORKS.filter(lambda networks: "no network" not in networks),
    not_after=st.none() | st.just(NOW + timedelta(hours=5)),
)
OPERATIONS = [
    CATALOG.get_operation(word)
    for word in ("Jobs_Get", "Jobs_StartJobs", "Webhooks_Get", "Assets_GetFiltered", "Folders_Get")
    if CATALOG.find_operation(word) is not None
]
PLACES = [FolderPlace(0, key, key, lineage) for key, lineage in TREE.items()]

VAULT = Vault(bytes(32))
DRAWN = draw_key(SeededChance(7))


class OneKey:
    """A ring with one key on it."""

    def __init__(self, granted: GrantTerms) -> None:
        holder = caller(granted, credential_id=DRAWN.id)
        hashed = VAULT.keyed_hash(DRAWN.key.reveal())
        self.held = HeldKey(holder, hashed, granted.not_after, None, None, None)

    def find_held(self, key_id: str) -> HeldKey | None:
        return self.held if key_id == DRAWN.id else None

    def note_use(self, *_: object) -> None:
        pass


def narrowed(ring: OneKey, layers: list[Layer], *, offline: bool) -> str | None:
    keys = NarrowedKeys(cast("KeyRing", ring), VAULT)
    first = layers[0] if layers[0].until is not None else replace(layers[0], until=NOW + timedelta(hours=9))
    key = keys.narrow(DRAWN.key.reveal(), first)
    for layer in layers[1:]:
        assert key is not None
        if offline:
            key = narrow_offline(
                key, allow=layer.allow, folder_keys=layer.folder_keys, networks=layer.networks, until=layer.until
            )
        else:
            key = keys.narrow(key.reveal(), layer)
    return None if key is None else key.reveal()


@given(PARENTS, LAYERS, st.booleans())
def test_what_a_narrowed_key_may_do_is_part_of_what_its_key_may(
    granted: GrantTerms, layers: list[Layer], offline: bool
) -> None:
    ring = OneKey(granted)
    key = narrowed(ring, layers, offline=offline)
    assert key is not None
    checked = NarrowedKeys(cast("KeyRing", ring), VAULT).check(key, NOW)
    if isinstance(checked, RefusedNarrowedKey):
        return
    assert isinstance(checked, Caller)
    child, parent = checked.terms, granted
    for lineages in (TREE, {}):
        assert GRANTS.compile(child, None, lineages).is_inside(GRANTS.compile(parent, None), TREE)
    # Exactly what the parent and each layer allow, folder by folder: nothing added, and nothing lost either.
    steps = [parent, *(GrantTerms((Allowance(one.allow or ("all",), one.folder_keys),)) for one in layers)]
    for operation in OPERATIONS:
        reach = GRANTS.reach(child, "here", operation)
        alone = [GRANTS.compile(step, "here").reach(operation) for step in steps]
        for place in PLACES:
            allowed = all(each is not None and each.covers(place) for each in alone)
            assert (reach is not None and reach.covers(place)) == allowed


@given(PARENTS, PARENTS, LAYERS)
def test_a_narrowed_key_shrinks_with_its_key(before: GrantTerms, after: GrantTerms, layers: list[Layer]) -> None:
    ring = OneKey(before)
    key = narrowed(ring, layers, offline=False)
    assert key is not None
    keys = NarrowedKeys(cast("KeyRing", ring), VAULT)
    keys.check(key, NOW)
    ring.held = OneKey(after).held
    checked = keys.check(key, NOW)
    if isinstance(checked, Caller):
        assert GRANTS.compile(checked.terms, None, TREE).is_inside(GRANTS.compile(after, None), TREE)


@given(LAYERS, st.integers(0), st.integers(1, 255))
def test_a_changed_byte_makes_it_worthless(layers: list[Layer], place: int, change: int) -> None:
    ring = OneKey(terms("all"))
    key = narrowed(ring, layers, offline=True)
    assert key is not None
    raw = bytearray(key.encode())
    raw[place % len(raw)] ^= change
    checked = NarrowedKeys(cast("KeyRing", ring), VAULT).check(raw.decode("latin-1"), NOW)
    assert isinstance(checked, RefusedNarrowedKey)


@given(st.text(max_size=300) | st.text("sdn_.AZaz09-", max_size=300).map(lambda text: "sdn_" + text))
def test_no_text_is_a_key_that_was_not_made_here(text: str) -> None:
    checked = NarrowedKeys(cast("KeyRing", OneKey(terms("all"))), VAULT).check(text, NOW)
    assert isinstance(checked, RefusedNarrowedKey)
