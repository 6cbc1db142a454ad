"""Narrowed keys: what the holder of an access key made of it, checked from memory; there is no row of them anywhere.

A narrowed key is never more than its access key is at the moment of use: it is that key's caller with further limits on
top. What is taken from the access key later is taken from it too, and it ends with the secret that it was made with.
"""

import hashlib
import hmac
import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from stagedoor.identity.api_users.key_form import find_key_id
from stagedoor.identity.api_users.key_ring import HeldKey, KeyRing, RefusedKey
from stagedoor.identity.api_users.narrowed_form import (
    LAYERS_MAX,
    LENGTH_MAX,
    WORDS_MAX,
    Layer,
    count_words,
    find_parts,
    first_tag,
    next_tag,
    read_layer,
    read_tag,
    write_key,
    write_layer,
    write_tag,
)
from stagedoor.kit.crypto import Vault
from stagedoor.kit.networks import Network, overlap, read_networks
from stagedoor.kit.secret import Secret
from stagedoor.passage import Allowance, Caller, CredentialKind

NAME_DIGEST_LETTERS = 16


class NarrowedKeyRefusal(StrEnum):
    """Why a presented narrowed key opens nothing. All but the last look alike to whoever presented it."""

    MALFORMED = "malformed"
    WRONG_TAG = "wrong_tag"
    """Changed, made up, or made with a secret that a rotation has replaced since."""
    UNREADABLE_LAYER = "unreadable_layer"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class RefusedNarrowedKey:
    """A refusal that is the narrowed key's own; ``key_id`` only where an access key of this id exists."""

    refusal: NarrowedKeyRefusal
    key_id: str | None = None
    since: datetime | None = None
    holder: Caller | None = None


@dataclass(frozen=True, slots=True)
class _OpenedKey:
    held: HeldKey
    secret_hash: str
    caller: Caller
    ends_at: datetime
    letters: int


class NarrowedKeys:
    """Make and check narrowed keys, on the ring of access keys. Thread safe.

    Those that were used lately are remembered: so many, and so many letters of them, for one holder can make as many as
    they like without the server.
    """

    REMEMBERED_MAX = 10_000
    REMEMBERED_LETTERS_MAX = 4_000_000

    def __init__(self, ring: KeyRing, vault: Vault) -> None:
        self._ring = ring
        self._vault = vault
        self._chain_key = vault.derive_hash_key("narrowed keys")
        self._opened: dict[bytes, _OpenedKey] = {}
        self._letters = 0
        self._lock = threading.Lock()

    def narrow(self, presented: str, layer: Layer) -> Secret | None:
        """Return what is presented, narrowed by one layer more; ``None`` where that would get too long, or too wordy.

        ``presented`` is an access key or a narrowed one that was found to be good for this very request.
        """
        added = write_layer(layer)
        key_id = find_key_id(presented)
        if key_id is not None:
            if count_words([layer]) > WORDS_MAX:
                return None
            tag = first_tag(self._chain_key, key_id, self._vault.keyed_hash(presented))
            return _bounded(write_key(key_id, [added], next_tag(tag, added)))
        parts = find_parts(presented)
        if parts is None:
            raise ValueError("neither an access key nor a narrowed one")
        key_id, layers, tag_text = parts
        read = [former for text in layers if (former := read_layer(text)) is not None]
        if len(layers) >= LAYERS_MAX or count_words([*read, layer]) > WORDS_MAX:
            return None
        return _bounded(write_key(key_id, [*layers, added], next_tag(read_tag(tag_text), added)))

    def check(self, presented: str, now: datetime) -> Caller | RefusedKey | RefusedNarrowedKey:
        """Return the caller of a presented narrowed key, or why it opens nothing; notes the use of its access key."""
        # The digest stands in for the key, so that memory holds no list of good ones.
        digest = hashlib.sha256(presented.encode()).digest()
        opened = self._opened.get(digest)
        # Whatever changes about the access key makes another object of it.
        if opened is None or self._ring.find_held(opened.held.caller.credential_id) is not opened.held:
            fresh = self._open(presented)
            if isinstance(fresh, RefusedNarrowedKey):
                return fresh
            opened = fresh
            with self._lock:
                self._remember(digest, opened)
        refused = opened.held.find_refusal(opened.secret_hash, now)
        if refused is not None:
            return refused
        if opened.ends_at <= now:
            key_id = opened.held.caller.credential_id
            return RefusedNarrowedKey(NarrowedKeyRefusal.EXPIRED, key_id, opened.ends_at, opened.caller)
        self._ring.note_use(opened.held, opened.secret_hash, now)
        return opened.caller

    def _remember(self, digest: bytes, opened: _OpenedKey) -> None:
        if digest in self._opened:
            self._forget(digest)
        while self._opened and (
            len(self._opened) >= self.REMEMBERED_MAX or self._letters + opened.letters > self.REMEMBERED_LETTERS_MAX
        ):
            self._forget(next(iter(self._opened)))
        self._opened[digest] = opened
        self._letters += opened.letters

    def _forget(self, digest: bytes) -> None:
        self._letters -= self._opened.pop(digest).letters

    def _open(self, presented: str) -> _OpenedKey | RefusedNarrowedKey:
        parts = find_parts(presented)
        if parts is None:
            return RefusedNarrowedKey(NarrowedKeyRefusal.MALFORMED)
        key_id, texts, tag_text = parts
        held = self._ring.find_held(key_id)
        if held is None:
            return RefusedNarrowedKey(NarrowedKeyRefusal.WRONG_TAG)
        secret_hash = self._find_secret_hash(held, texts, tag_text)
        if secret_hash is None:
            return RefusedNarrowedKey(NarrowedKeyRefusal.WRONG_TAG, key_id)
        layers = [layer for text in texts if (layer := read_layer(text)) is not None]
        ends = [layer.until for layer in layers if layer.until is not None]
        is_understood = len(layers) == len(texts) and ends and count_words(layers) <= WORDS_MAX
        caller = _narrowed(held.caller, layers, _name_of(layers, texts)) if is_understood else None
        if caller is None:
            return RefusedNarrowedKey(NarrowedKeyRefusal.UNREADABLE_LAYER, key_id)
        return _OpenedKey(held, secret_hash, caller, min(ends), len(presented))

    def _find_secret_hash(self, held: HeldKey, layers: Sequence[str], tag_text: str) -> str | None:
        """Return the hash of the access key's secret with which the tag was made."""
        for secret_hash in (held.secret_hash, held.previous_secret_hash):
            if secret_hash is None:
                continue
            tag = first_tag(self._chain_key, held.caller.credential_id, secret_hash)
            for layer in layers:
                tag = next_tag(tag, layer)
            if hmac.compare_digest(write_tag(tag), tag_text):
                return secret_hash
        return None


def _bounded(written: str) -> Secret | None:
    return Secret(written) if len(written) <= LENGTH_MAX else None


def _name_of(layers: Sequence[Layer], texts: Sequence[str]) -> str:
    """Return the name of what was narrowed so, by which the audit and kept answers tell it from others.

    Whoever appends a layer gives it any id they like, another narrowed key's too. The first layer is the server's own,
    and the digest is of all that was taken away, so that nobody goes by the name of what they could not make.
    """
    if len(layers) == 1:
        return layers[0].id
    digest = hashlib.sha256(".".join(texts).encode()).hexdigest()[:NAME_DIGEST_LETTERS]
    return f"{layers[0].id}.{layers[-1].id}.{digest}"


def _narrowed(caller: Caller, layers: Sequence[Layer], narrowing_id: str) -> Caller | None:
    """Return the access key's caller within all layers, or ``None`` where no address is left to call from."""
    terms = caller.terms
    networks = read_networks(terms.networks)
    for layer in layers:
        networks = _in_both(networks, read_networks(layer.networks))
    if networks == ():
        return None
    ends = [end for end in (terms.not_after, *(layer.until for layer in layers)) if end is not None]
    narrowings = [
        Allowance(layer.allow or ("all",), layer.folder_keys)
        for layer in layers
        if layer.allow is not None or layer.folder_keys is not None
    ]
    return replace(
        caller,
        credential_kind=CredentialKind.NARROWED_KEY,
        narrowing_id=narrowing_id,
        terms=replace(
            terms,
            networks=() if networks is None else tuple(map(str, networks)),
            not_after=min(ends),
            narrowings=(*terms.narrowings, *narrowings),
        ),
    )


def _in_both(some: tuple[Network, ...] | None, others: tuple[Network, ...] | None) -> tuple[Network, ...] | None:
    if some is None or others is None:
        return others if some is None else some
    return overlap(some, others)
