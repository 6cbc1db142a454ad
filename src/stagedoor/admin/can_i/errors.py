"""What the question can lack."""

from collections.abc import Iterable

from stagedoor.kit.errors import StagedoorError


class TenantToAskAboutNeeded(StagedoorError):
    """The question names no tenant, and the caller may enter several or none."""

    code = "tenant_to_ask_about_needed"
    status = 400
    public = "Say which tenant the question is about."

    def __init__(self, names: Iterable[str]) -> None:
        listed = list(names)
        super().__init__(
            hint=f"Add tenant=… with one of: {', '.join(listed)}." if listed else "You may enter no tenant at all.",
            details={"tenants": listed},
        )
