"""Putting values into rows and taking them out again; what is secret is sealed, bound to its row."""

from stagedoor.kit.chance import Chance
from stagedoor.kit.crypto import Vault
from stagedoor.kit.secret import Secret
from stagedoor.orchestrator.assets.models import Asset, AssetValue
from stagedoor.orchestrator.assets.schemas import Value, ValueType

Holder = Asset | AssetValue


def put_value(holder: Holder, value: Value, *, vault: Vault, chance: Chance) -> None:
    """Write a value into a row; a secret that was not sent leaves the one that is there."""
    holder.value_type = value.type
    holder.text_value = value.text
    holder.bool_value = value.truth
    holder.int_value = value.number
    holder.credential_username = value.username
    holder.key_value_list = list(value.pairs)
    if value.secret is not None:
        holder.sealed_secret = vault.seal(value.secret, context=_context(holder), chance=chance)


def clear_value(holder: Holder, value_type: ValueType) -> None:
    """Leave a row without any value."""
    holder.value_type = value_type
    holder.text_value = ""
    holder.bool_value = False
    holder.int_value = 0
    holder.credential_username = ""
    holder.key_value_list = []
    holder.sealed_secret = None


def reveal_secret(holder: Holder, vault: Vault) -> Secret | None:
    """Return the secret in a row, for a robot alone."""
    if holder.sealed_secret is None:
        return None
    return vault.unseal(holder.sealed_secret, context=_context(holder))


def show_value(value_type: int, text: str, truth: bool, number: int, username: str) -> str:
    """Return a value as one line of text, as the vendor does; of a credential the user name, of a secret nothing."""
    match value_type:
        case ValueType.TEXT | ValueType.DB_CONNECTION_STRING | ValueType.HTTP_CONNECTION_STRING:
            return text
        case ValueType.BOOL:
            return str(truth)
        case ValueType.INTEGER:
            return str(number)
        case ValueType.CREDENTIAL | ValueType.WINDOWS_CREDENTIAL:
            return f"username: {username}"
        case _:
            return ""


def _context(holder: Holder) -> str:
    return f"asset:{holder.key}" if isinstance(holder, Asset) else f"asset value:{holder.key}"
