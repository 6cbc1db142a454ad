"""The written form of a narrowed key: ``sdn_<key id>.<layer>.….<tag>``.

Each layer says what the credential was narrowed to, as base64url of JSON; a layer can only take away. The tag is a
chain of HMAC-SHA256: the first key is the server's own, over the access key's id and the hash of its secret; each layer
is hashed with the tag of what stood before it. So whoever holds a narrowed key can append a layer without asking
anybody, and nobody can change a layer or take one away (Birgisson et al., "Macaroons", NDSS 2014, section II).
"""

import hmac
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

import orjson

from stagedoor.identity.api_users.key_form import ID_LENGTH

PREFIX = "sdn_"
LAYERS_MAX = 8
LENGTH_MAX = 6144
"""What proxies in front take as one header."""
ID_END = len(PREFIX) + ID_LENGTH
FORM = re.compile(
    rf"sdn_[0-9A-Za-z]{{{ID_LENGTH}}}((?:\.[0-9A-Za-z_-]{{2,}}){{1,{LAYERS_MAX}}})\.([0-9A-Za-z_-]{{43}})", re.ASCII
)
LAYER_ID = re.compile(r"[0-9A-Za-z]{1,16}", re.ASCII)
WORDS_MAX = 250
"""In all layers together. Whoever appends layers chooses the words, and memory holds them for each key."""
WORD_LENGTH_MAX = 200
LATEST = datetime(9999, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Layer:
    """One narrowing. What is ``None`` or empty takes nothing away.

    ``allow`` are selectors, ``folder_keys`` roots of subtrees, ``networks`` CIDRs, ``until`` a moment in whole seconds.
    """

    id: str
    allow: tuple[str, ...] | None = None
    folder_keys: tuple[str, ...] | None = None
    networks: tuple[str, ...] = ()
    until: datetime | None = None


def write_layer(layer: Layer) -> str:
    """Return the layer as it stands in a key."""
    said = {
        "id": layer.id,
        "allow": layer.allow,
        "folders": layer.folder_keys,
        "networks": layer.networks or None,
        "until": None if layer.until is None else int(layer.until.timestamp()),
    }
    return _base64(orjson.dumps({name: value for name, value in said.items() if value is not None}))


def read_layer(text: str) -> Layer | None:
    """Return the layer, or ``None`` for one that is not wholly understood: a limit that nobody reads limits nothing."""
    try:
        said = orjson.loads(urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except ValueError:
        return None
    if not isinstance(said, dict) or said.keys() - {"id", "allow", "folders", "networks", "until"}:
        return None
    layer_id, until = said.get("id"), said.get("until")
    if not isinstance(layer_id, str) or not LAYER_ID.fullmatch(layer_id):
        return None
    if "until" in said and (type(until) is not int or not 0 <= until < LATEST.timestamp()):
        return None
    lists = [said.get(name) for name in ("allow", "folders", "networks")]
    if any(name in said and not _is_list_of_words(said[name]) for name in ("allow", "folders", "networks")):
        return None
    allow, folders, networks = (None if words is None else tuple(words) for words in lists)
    return Layer(
        layer_id, allow, folders, networks or (), None if until is None else datetime.fromtimestamp(until, UTC)
    )


def count_words(layers: Iterable[Layer]) -> int:
    """Return how many words layers have together."""
    return sum(len(layer.allow or ()) + len(layer.folder_keys or ()) + len(layer.networks) for layer in layers)


def find_parts(presented: str) -> tuple[str, list[str], str] | None:
    """Return the access key's id, the layers and the tag of what has the right form; says nothing about the tag."""
    match = FORM.fullmatch(presented) if len(presented) <= LENGTH_MAX else None
    return None if match is None else (presented[len(PREFIX) : ID_END], match[1][1:].split("."), match[2])


def first_tag(chain_key: bytes, key_id: str, secret_hash: str) -> bytes:
    """Return the tag that stands before the first layer; it ends with the secret of the access key."""
    return hmac.digest(chain_key, f"{key_id}.{secret_hash}".encode(), "sha256")


def next_tag(tag: bytes, layer: str) -> bytes:
    """Return the tag behind one more layer."""
    return hmac.digest(tag, layer.encode(), "sha256")


def write_key(key_id: str, layers: list[str], tag: bytes) -> str:
    """Return the written form."""
    return ".".join([PREFIX + key_id, *layers, _base64(tag)])


def write_tag(tag: bytes) -> str:
    """Return the tag as it stands in a key."""
    return _base64(tag)


def read_tag(text: str) -> bytes:
    """Return the tag of a key of the right form."""
    return urlsafe_b64decode(text + "=")


def _is_list_of_words(value: object) -> bool:
    return (
        isinstance(value, list)
        and 0 < len(value) <= WORDS_MAX
        and all(isinstance(word, str) and 0 < len(word) <= WORD_LENGTH_MAX for word in value)
    )


def _base64(raw: bytes) -> str:
    return urlsafe_b64encode(raw).decode().rstrip("=")
