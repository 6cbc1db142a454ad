"""A cookie that only this server can read: what a browser keeps for it between two pages."""

import json

from starlette.requests import Request
from starlette.responses import Response

from stagedoor.kit.chance import Chance
from stagedoor.kit.crypto import SealBroken, Vault
from stagedoor.kit.secret import Secret

# RFC 6265 section 6.1: browsers keep at least 4096 bytes, name and attributes counted in.
VALUE_BYTES_MAX = 3800


class SealedCookie:
    """One cookie, sealed with the server's master key and bound to its purpose.

    A browser cannot read, change or exchange it. Over https its name is tied to this host (``__Host-``). A page of
    another site that leads here brings it along, a form of another site does not (``SameSite=Lax``).
    """

    def __init__(self, name: str, vault: Vault, chance: Chance, *, is_https: bool) -> None:
        self.name = f"__Host-{name}" if is_https else name
        self._vault = vault
        self._chance = chance
        self._is_https = is_https
        # The number goes up when the values inside change, so that an older cookie reads as none.
        self._context = f"console cookie 1 {self.name}"

    def find(self, request: Request) -> dict[str, str] | None:
        """Return what this browser keeps; ``None`` for nothing, and for a cookie that is not ours."""
        cookie = request.cookies.get(self.name)
        if not cookie:
            return None
        try:
            opened = self._vault.unseal_presented(cookie, context=self._context)
        except SealBroken:
            # A cookie of another server on this host, or of this one before its master key changed: nobody's.
            return None
        values: dict[str, str] = json.loads(opened.reveal())
        return values

    def fits(self, values: dict[str, str]) -> bool:
        """Tell whether browsers keep a cookie of this size."""
        return len(self._seal(values)) <= VALUE_BYTES_MAX

    def write(self, response: Response, values: dict[str, str], *, seconds: int | None) -> None:
        """Keep the values in the browser for so long; ``None`` until it is closed."""
        response.set_cookie(
            self.name,
            self._seal(values),
            max_age=seconds,
            path="/",
            secure=self._is_https,
            httponly=True,
            samesite="lax",
        )

    def remove(self, response: Response) -> None:
        """Forget them."""
        response.delete_cookie(self.name, path="/", secure=self._is_https, httponly=True, samesite="lax")

    def _seal(self, values: dict[str, str]) -> str:
        text = json.dumps(values, separators=(",", ":"))
        return self._vault.seal(Secret(text), context=self._context, chance=self._chance)
