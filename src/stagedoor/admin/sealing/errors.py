"""What can be wrong with the keys that seal."""

from stagedoor.kit.errors import StagedoorError, StoreUnavailable


class MasterKeyWrong(StagedoorError):
    """The master key that was given is not one of this store."""

    code = "master_key_wrong"
    status = 503


class RewrapRefused(StagedoorError):
    """The key cannot be changed to that one now."""

    code = "rewrap_refused"
    status = 409


class SealedWithForgottenKey(StoreUnavailable):
    """A value was to be stored that no key opens any more: its key was forgotten since it was sealed.

    Nothing was stored, and the next attempt seals with the current key.
    """
