"""What can go wrong with organizations and tenants."""

from collections.abc import Iterable

from stagedoor.kit.errors import StagedoorError


class OrganizationUnknown(StagedoorError):
    """No organization of this name or id is open to the caller; names are listed only where the caller may see them."""

    code = "organization_unknown"
    status = 404
    public = "There is no organization of this name here."
    hint = "Check the first part of the path: it is the organization's logical name or its id."

    def __init__(self, *, visible_names: Iterable[str] = (), internal: str | None = None) -> None:
        names = sorted(visible_names)
        hint = f"Organizations that you can use: {', '.join(names)}." if names else None
        super().__init__(hint=hint, internal=internal, details={"organizations": names} if names else None)


class TenantUnknown(StagedoorError):
    """No tenant of this name or id is open to the caller; names are listed only where the caller may see them."""

    code = "tenant_unknown"
    status = 404
    public = "There is no tenant of this name in the organization."
    hint = "Check the second part of the path: it is the tenant's name or its id."

    def __init__(self, *, visible_names: Iterable[str] = (), internal: str | None = None) -> None:
        names = sorted(visible_names)
        hint = f"Tenants that you can use: {', '.join(names)}." if names else None
        super().__init__(hint=hint, internal=internal, details={"tenants": names} if names else None)


class OrganizationNameRefused(StagedoorError):
    """A name for an organization or a tenant cannot stand in a URL, is reserved or is taken."""

    code = "organization_name_refused"
    status = 400
    public = "This name cannot be used for an organization or a tenant."
    hint = "Use 1 to 64 letters, digits, '-' and '_', beginning with a letter or digit, that no other one has."
