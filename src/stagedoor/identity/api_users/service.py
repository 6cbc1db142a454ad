"""What can be done with access keys by those who hand them out. Who may do so is asked before."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from stagedoor.identity.api_users import store
from stagedoor.identity.api_users.errors import AccessKeyEnded, AccessKeyNotFound, AccessKeyOrderRefused
from stagedoor.identity.api_users.key_form import draw_key
from stagedoor.identity.api_users.models import AccessKey, ApiUser
from stagedoor.identity.api_users.schemas import AccessKeyFacts, AccessKeyOrder, AccessKeyState, IssuedAccessKey
from stagedoor.identity.api_users.store import KeyRow
from stagedoor.kit.chance import Chance, random_guid
from stagedoor.kit.changes import record_change
from stagedoor.kit.clock import Clock
from stagedoor.kit.crypto import Vault
from stagedoor.kit.networks import parse_network
from stagedoor.passage import KeyLimits

NAME = re.compile(r"[^\x00-\x1f\x7f]{1,128}")
SELECTORS_MAX = 500
FOLDERS_MAX = 500
NETWORKS_MAX = 100
OVERLAP_DAYS_MAX = 30
REQUESTS_MAX = 1_000_000
RATE_SECONDS_MAX = 3600
DAILY_QUOTA_MAX = 1_000_000_000
CONCURRENCY_MAX = 10_000
WEIGHT_MAX = 100


@dataclass(frozen=True, slots=True)
class AccessKeyPage:
    """Some keys, and the cursor of the next page if there is one."""

    keys: tuple[AccessKeyFacts, ...]
    next_cursor: str | None


class AccessKeys:
    """Make, show, rotate and end access keys.

    Each change is told to every process within the same transaction; the keys themselves are checked by
    :class:`~stagedoor.identity.api_users.key_ring.KeyRing`.
    """

    def __init__(self, vault: Vault, clock: Clock, chance: Chance) -> None:
        self._vault = vault
        self._clock = clock
        self._chance = chance

    def create_key(self, session: Session, order: AccessKeyOrder) -> IssuedAccessKey:
        """Make a key and return it with its secret, which is shown now and never again.

        Raises :class:`AccessKeyOrderRefused`, naming the field that is wrong.
        """
        now = self._clock.now()
        _check_order(order, now)
        networks = _canonical_networks(order.networks)
        api_user = self._api_user_for(session, order, now)
        drawn = draw_key(self._chance)
        while store.key_exists(session, drawn.id):
            drawn = draw_key(self._chance)
        key = AccessKey(
            id=drawn.id,
            organization_id=order.organization_id,
            tenant_id=order.tenant_id,
            api_user_id=api_user.id,
            name=order.name,
            secret_hash=self._vault.keyed_hash(drawn.key.reveal()),
            allow=list(order.allow),
            folder_keys=None if order.folder_keys is None else list(order.folder_keys),
            networks=networks,
            created_at=now,
            created_by=order.created_by,
            expires_at=order.expires_at,
            revoked_at=None,
            revoked_by=None,
            previous_secret_hash=None,
            previous_valid_until=None,
            previous_last_used_at=None,
            last_used_at=None,
        )
        _write_limits(key, order.limits)
        store.add(session, key)
        record_change(session, "access_key", key.id)
        return IssuedAccessKey(_facts(KeyRow(key, api_user)), drawn.key)

    def get_key(self, session: Session, organization_id: str, key_id: str) -> AccessKeyFacts:
        """Return one key of an organization, or raise :class:`AccessKeyNotFound`."""
        return _facts(_get(session, organization_id, key_id))

    def list_keys(
        self,
        session: Session,
        organization_id: str,
        *,
        tenant_id: str | None = None,
        created_by: str | None = None,
        cursor: str | None = None,
        limit: int = 100,
    ) -> AccessKeyPage:
        """Return a page of an organization's keys, ended ones too, oldest first.

        Raises :class:`AccessKeyNotFound` for a cursor that is not one of ours.
        """
        after = None
        if cursor is not None:
            last = _get(session, organization_id, cursor).key
            after = (last.created_at, last.id)
        rows = store.list_keys(
            session, organization_id, tenant_id=tenant_id, created_by=created_by, after=after, limit=limit + 1
        )
        shown = rows[:limit]
        return AccessKeyPage(tuple(map(_facts, shown)), shown[-1].key.id if len(rows) > limit else None)

    def revoke_key(self, session: Session, organization_id: str, key_id: str, *, revoked_by: str) -> AccessKeyFacts:
        """End a key at once, with both its secrets. Ending an ended key changes nothing and is no error."""
        row = _get(session, organization_id, key_id)
        if row.key.revoked_at is None:
            row.key.revoked_at = self._clock.now()
            row.key.revoked_by = revoked_by
            record_change(session, "access_key", key_id)
        return _facts(row)

    def change_limits(self, session: Session, organization_id: str, key_id: str, limits: KeyLimits) -> AccessKeyFacts:
        """Let a key be used so much from now on, in each process within a second; what it has used stays used.

        Raises :class:`AccessKeyEnded` for a revoked or expired key, and :class:`AccessKeyOrderRefused`.
        """
        _check_limits(limits)
        row = _get(session, organization_id, key_id)
        if _facts(row).state_at(self._clock.now()) in (AccessKeyState.REVOKED, AccessKeyState.EXPIRED):
            raise AccessKeyEnded
        _write_limits(row.key, limits)
        record_change(session, "access_key", key_id)
        return _facts(row)

    def rotate_key(
        self, session: Session, organization_id: str, key_id: str, *, overlap: timedelta | None = timedelta(hours=24)
    ) -> IssuedAccessKey:
        """Give a key a new secret; the present one goes on working for ``overlap``, ``None`` ends it now.

        A key has at most two secrets: one that an earlier rotation left over ends at once. Grant, limits, id and end of
        the key stay as they are, and what it has used of its limits stays used. Raises :class:`AccessKeyEnded` for a
        revoked or expired key.
        """
        now = self._clock.now()
        if overlap is not None and not timedelta(0) <= overlap <= timedelta(days=OVERLAP_DAYS_MAX):
            raise AccessKeyOrderRefused(f"The overlap must lie between nothing and {OVERLAP_DAYS_MAX} days.")
        row = _get(session, organization_id, key_id)
        if _facts(row).state_at(now) in (AccessKeyState.REVOKED, AccessKeyState.EXPIRED):
            raise AccessKeyEnded
        drawn = draw_key(self._chance, key_id)
        row.key.previous_secret_hash = row.key.secret_hash
        row.key.previous_valid_until = now + (overlap or timedelta(0))
        row.key.previous_last_used_at = None
        row.key.secret_hash = self._vault.keyed_hash(drawn.key.reveal())
        record_change(session, "access_key", key_id)
        return IssuedAccessKey(_facts(row), drawn.key)

    def _api_user_for(self, session: Session, order: AccessKeyOrder, now: datetime) -> ApiUser:
        name = order.api_user_name or order.name
        api_user = store.find_api_user(session, order.organization_id, name)
        if api_user is None:
            api_user = ApiUser(
                id=random_guid(self._chance),
                organization_id=order.organization_id,
                name=name,
                owner_group=order.owner_group,
                created_at=now,
                created_by=order.created_by,
            )
            store.add(session, api_user)
        elif api_user.created_by != order.created_by and not order.may_join_others:
            raise AccessKeyOrderRefused("Somebody else's API user has this name already; choose another.", status=409)
        return api_user


def _get(session: Session, organization_id: str, key_id: str) -> KeyRow:
    row = store.find_key(session, organization_id, key_id)
    if row is None:
        raise AccessKeyNotFound
    return row


def _check_order(order: AccessKeyOrder, now: datetime) -> None:
    for field, name in (("name", order.name), ("api_user_name", order.api_user_name or order.name)):
        if not NAME.fullmatch(name) or not name.strip():
            raise AccessKeyOrderRefused(f"{field} must have 1 to 128 characters that can be printed.")
    if not 0 < len(order.allow) <= SELECTORS_MAX:
        raise AccessKeyOrderRefused(f"allow must name 1 to {SELECTORS_MAX} operations or groups of them.")
    if order.folder_keys is not None and not 0 < len(order.folder_keys) <= FOLDERS_MAX:
        raise AccessKeyOrderRefused(f"folders must name 1 to {FOLDERS_MAX} folders, or be left out for every folder.")
    if len(order.networks) > NETWORKS_MAX:
        raise AccessKeyOrderRefused(f"networks may name at most {NETWORKS_MAX} networks.")
    if order.expires_at is not None and order.expires_at <= now:
        raise AccessKeyOrderRefused("expires_at must lie in the future.")
    _check_limits(order.limits)


def _check_limits(limits: KeyLimits) -> None:
    if limits.burst is not None and limits.rate_requests is None:
        raise AccessKeyOrderRefused("burst says how many requests of a rate may come at once; give the rate too.")
    for field, value, most in (
        ("rate", limits.rate_requests, REQUESTS_MAX),
        ("the span of rate in seconds", limits.rate_seconds, RATE_SECONDS_MAX),
        ("burst", limits.burst, REQUESTS_MAX),
        ("daily_quota", limits.daily_quota, DAILY_QUOTA_MAX),
        ("concurrency", limits.concurrency, CONCURRENCY_MAX),
        ("weight", limits.weight, WEIGHT_MAX),
    ):
        if value is not None and not 1 <= value <= most:
            raise AccessKeyOrderRefused(f"{field} must lie between 1 and {most}.")


def _write_limits(key: AccessKey, limits: KeyLimits) -> None:
    key.rate_requests = limits.rate_requests
    key.rate_seconds = None if limits.rate_requests is None else limits.rate_seconds
    key.burst = limits.burst
    key.daily_quota = limits.daily_quota
    key.concurrency = limits.concurrency
    key.weight = limits.weight


def _canonical_networks(networks: Iterable[str]) -> list[str]:
    canonical = []
    for network in networks:
        try:
            canonical.append(str(parse_network(network)))
        except ValueError as wrong:
            raise AccessKeyOrderRefused(
                "networks must be IPv4 or IPv6 networks such as 10.0.0.0/8 or 2001:db8::/32.",
                details={"network": network[:64]},
            ) from wrong
    return canonical


def _facts(row: KeyRow) -> AccessKeyFacts:
    key = row.key
    return AccessKeyFacts(
        id=key.id,
        name=key.name,
        organization_id=key.organization_id,
        tenant_id=key.tenant_id,
        api_user_id=row.api_user.id,
        api_user_name=row.api_user.name,
        owner_group=row.api_user.owner_group,
        allow=tuple(key.allow),
        folder_keys=None if key.folder_keys is None else tuple(key.folder_keys),
        networks=tuple(key.networks),
        created_at=key.created_at,
        created_by=key.created_by,
        expires_at=key.expires_at,
        revoked_at=key.revoked_at,
        last_used_at=key.last_used_at,
        previous_secret_valid_until=key.previous_valid_until,
        previous_secret_last_used_at=key.previous_last_used_at,
        limits=KeyLimits(
            rate_requests=key.rate_requests,
            rate_seconds=key.rate_seconds or 1,
            burst=key.burst,
            daily_quota=key.daily_quota,
            concurrency=key.concurrency,
            weight=key.weight,
        ),
    )
