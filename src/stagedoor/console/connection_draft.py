"""A connection that is being put together: the state of the form, and the order that it stands for."""

import re
from dataclasses import dataclass
from typing import Self

from stagedoor.client import ConnectionTerms, SignedInCode
from stagedoor.console.connection_kinds import DEFAULT_KIND, KINDS, PERSON, Kind
from stagedoor.console.forms import Form
from stagedoor.kit.secret import Secret

NO_TENANT = ""
NEW_TENANT = "new"
TEXT_FIELDS = (
    "kind",
    "name",
    "url",
    "client_id",
    "username",
    "scope",
    "upstream",
    "sends",
    "new_tenant",
    "identity_url",
    "ca_pem",
    "proxy_url",
)
_NAME = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9._-]{0,63}")


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionDraft:
    """What stands in the form. ``sends`` is the tenant of ours to send there: a path, ``new``, or empty for none."""

    kind: str = DEFAULT_KIND
    name: str = ""
    url: str = ""
    client_id: str = ""
    username: str = ""
    scope: str = ""
    upstream: str = ""
    sends: str = NO_TENANT
    new_tenant: str = ""
    identity_url: str = ""
    ca_pem: str = ""
    proxy_url: str = ""
    secret: Secret | None = None

    @classmethod
    def from_form(cls, form: Form) -> Self:
        """Read the form."""
        # A secret is taken as it was typed: a password may end in a space.
        typed = next((value for field, value in reversed(form.pairs) if field == "secret"), "")
        return cls.from_fields({name: form.text(name) for name in TEXT_FIELDS}, secret=typed)

    @classmethod
    def from_fields(cls, fields: dict[str, str], *, secret: str = "") -> Self:
        """Read what :meth:`fields` wrote; what is missing is empty, and an unknown kind is the first one."""
        known = {name: fields.get(name, "") for name in TEXT_FIELDS}
        if known["kind"] not in KINDS:
            known["kind"] = DEFAULT_KIND
        return cls(**known, secret=Secret(secret) if secret else None)

    def fields(self) -> dict[str, str]:
        """Return what stands in the form but the secret, without what is empty."""
        return {name: value for name in TEXT_FIELDS if (value := getattr(self, name))}

    @property
    def kind_words(self) -> Kind:
        """The kind with its words."""
        return KINDS[self.kind]

    def tenant(self, organization: str) -> str | None:
        """Return the tenant to send there, as ``organization/tenant``."""
        if self.sends == NEW_TENANT:
            return f"{organization}/{self.new_tenant}"
        return self.sends or None

    def problems(self) -> list[str]:
        """Return what is missing before the house is asked, as sentences that say what to do."""
        kind = self.kind_words
        found = []
        if not self.name:
            found.append("Give the connection a name.")
        elif not _NAME.fullmatch(self.name):
            found.append("A name has letters, digits, dots, dashes and underscores, and begins with a letter or digit.")
        if not self.url:
            found.append("Say where the Orchestrator is: copy the address from the browser's address bar.")
        if kind.asks_client and not self.client_id:
            found.append("Give the client id.")
        if kind.asks_username and not self.username:
            found.append("Give the user's name.")
        if self.kind != PERSON and self.secret is None:
            found.append(f"Give the {kind.secret.lower()}.")
        if self.sends == NEW_TENANT and not self.new_tenant:
            found.append("Give the new tenant a name, or choose another one.")
        return found

    def terms(self, organization: str, signed_in: SignedInCode | None = None) -> ConnectionTerms:
        """Return the order, with only what this kind needs."""
        kind = self.kind_words
        return ConnectionTerms(
            name=self.name,
            kind=self.kind,
            url=self.url,
            secret=signed_in or self.secret,
            client_id=self.client_id or None if kind.asks_client else None,
            username=self.username or None if kind.asks_username else None,
            scope=self.scope or None if kind.asks_scope else None,
            identity_url=self.identity_url or None,
            upstream=self.upstream or None,
            tenant=self.tenant(organization),
            ca_pem=self.ca_pem or None,
            proxy_url=self.proxy_url or None,
        )
