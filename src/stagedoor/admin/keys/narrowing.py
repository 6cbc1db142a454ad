"""Narrow the caller's own key: less of it, for a while, and proven to be inside it before it is handed out."""

from dataclasses import replace
from datetime import timedelta

from stagedoor.access.grants import Statement
from stagedoor.access.verdict import Judge
from stagedoor.admin.durations import read_duration
from stagedoor.admin.errors import GrantExceedsMaker
from stagedoor.admin.grant_words import words_of
from stagedoor.admin.keys.schemas import NarrowedKey, NarrowingOrder
from stagedoor.admin.places import Places
from stagedoor.admin.trail import AdministrationTrail
from stagedoor.admin.visitor import Visitor
from stagedoor.audit.event_names import EventName
from stagedoor.identity.api_users.errors import NarrowingRefused
from stagedoor.identity.api_users.narrowed_form import Layer
from stagedoor.identity.api_users.narrowed_keys import NarrowedKeys
from stagedoor.identity.authenticators.errors import NotAuthenticated
from stagedoor.kit.chance import Chance, random_base62
from stagedoor.kit.clock import Clock
from stagedoor.kit.networks import is_part_of, read_networks
from stagedoor.kit.secret import Secret
from stagedoor.kit.steady_clock import verify_trusted
from stagedoor.passage import Allowance, Caller, GrantTerms, TenantPlace

LIFETIME_MAX = timedelta(hours=24)
NARROWING_ID_LENGTH = 10


class NarrowingDesk:
    """Give holders of access keys, and of what was narrowed from them, less of what they hold."""

    def __init__(
        self,
        narrowed_keys: NarrowedKeys,
        judge: Judge,
        places: Places,
        trail: AdministrationTrail,
        clock: Clock,
        chance: Chance,
    ) -> None:
        self._narrowed_keys = narrowed_keys
        self._judge = judge
        self._places = places
        self._trail = trail
        self._clock = clock
        self._chance = chance

    def learn_places(self, visitor: Visitor, order: NarrowingOrder) -> None:
        """Learn what the order's folders are, where a remote Orchestrator has to be asked."""
        if order.folders is not None:
            self._places.learn_folders(self._tenant_of(visitor.caller))

    def narrow(self, visitor: Visitor, presented: Secret, order: NarrowingOrder) -> NarrowedKey:
        """Return a narrowed key. ``presented`` is the credential that the request came with.

        Raises :class:`~stagedoor.access.errors.UnknownSelector`,
        :class:`~stagedoor.access.errors.NetworkMalformed`, :class:`~stagedoor.admin.errors.FolderNotFound`,
        :class:`~stagedoor.admin.errors.GrantExceedsMaker` where the order asks for more than the caller holds, and
        :class:`NarrowingRefused` where nothing would be left or the key would last or get too long.
        """
        # A key without an end gets this far by any clock, and what is made of it has an end.
        verify_trusted(self._clock)
        holder = visitor.caller
        tenant = self._tenant_of(holder)
        layer = self._layer(holder, tenant, order)
        self._verify_inside(holder, tenant, layer)
        narrowed = self._narrowed_keys.narrow(presented.reveal(), layer)
        if narrowed is None:
            raise NarrowingRefused("This key cannot be narrowed further: it would get too long.")
        caller = self._narrowed_keys.check(narrowed.reveal(), self._clock.now())
        if not isinstance(caller, Caller):
            # The access key ended, or changed its networks, between the door and here.
            raise NotAuthenticated(internal="an access key ended while it was narrowed")
        grant = self._judge.grant_for(caller, tenant, self._places.lineages(tenant))
        if grant.is_empty:
            raise NarrowingRefused("Nothing would be left of this key.")
        operations = self._judge.grants.selectors.list_operations(grant.operations)
        words = words_of(caller.terms, self._judge.grants, self._places, [tenant])
        self._note(visitor, caller, tenant)
        return NarrowedKey(
            key=narrowed.reveal(),
            access_key_id=caller.credential_id,
            narrowing_id=caller.narrowing_id or layer.id,
            expires_at=caller.terms.not_after,
            words=words,
            operations=[operation.id for operation in operations],
        )

    def _tenant_of(self, holder: Caller) -> TenantPlace:
        entries = self._places.list_tenants(holder)
        if len(entries) != 1:
            raise NarrowingRefused("The tenant of this key is not there any more.")
        return entries[0].place

    def _layer(self, holder: Caller, tenant: TenantPlace, order: NarrowingOrder) -> Layer:
        lifetime = read_duration(order.expires_in)
        if not timedelta(0) < lifetime <= LIFETIME_MAX:
            raise NarrowingRefused("expires_in must lie between 1s and 24h.")
        until = (self._clock.now() + lifetime).replace(microsecond=0)
        if holder.terms.not_after is not None:
            until = min(until, holder.terms.not_after.replace(microsecond=0))
        allow = None if order.allow is None else tuple(dict.fromkeys(order.allow))
        folder_keys = None if order.folders is None else self._places.folder_keys(tenant, order.folders)
        networks = tuple(dict.fromkeys(order.networks))
        self._judge.grants.verify(GrantTerms((Allowance(allow or ("all",), folder_keys),), networks=networks))
        return Layer(random_base62(self._chance, NARROWING_ID_LENGTH), allow, folder_keys, networks, until)

    def _verify_inside(self, holder: Caller, tenant: TenantPlace, layer: Layer) -> None:
        """Refuse what asks for more than the holder has, though a narrowing could only take away all the same."""
        grants = self._judge.grants
        lineages = self._places.lineages(tenant)
        held = grants.compile(replace(holder.terms, not_after=None), tenant.tenant_id, lineages)
        wanted = held.operations if layer.allow is None else grants.selectors.resolve(layer.allow)
        networks = read_networks(layer.networks)
        if networks is not None and held.networks is not None:
            outside = [str(network) for network in networks if not is_part_of(network, held.networks)]
            if outside:
                raise NarrowingRefused(
                    "This key may not be used from all of these networks.", details={"networks": outside}
                )
        beyond = wanted & ~held.operations
        if beyond:
            raise GrantExceedsMaker([operation.id for operation in grants.selectors.list_operations(beyond)])
        if layer.folder_keys is not None:
            asked = grants.make([Statement(wanted, frozenset(layer.folder_keys))], networks=held.networks)
            if not asked.is_inside(held, lineages):
                raise NarrowingRefused("This key does not reach all of these folders with what it may do there.")

    def _note(self, visitor: Visitor, caller: Caller, tenant: TenantPlace) -> None:
        end = "" if caller.terms.not_after is None else f" until {caller.terms.not_after:%Y-%m-%d %H:%M:%S} UTC"
        sentence = f"Access key {caller.name} ({caller.credential_id}) was narrowed to {caller.narrowing_id}{end}."
        self._trail.note_done(visitor, EventName.ADMIN_ACCESS_KEY_NARROWED, sentence, tenant=tenant.tenant_name)
