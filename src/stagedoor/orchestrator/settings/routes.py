"""The operations of settings."""

from stagedoor.orchestrator.answers import answer_object, answer_value
from stagedoor.orchestrator.call import Answer, Body, Call
from stagedoor.orchestrator.errors import InvalidRequest
from stagedoor.orchestrator.fields import (
    find_enum,
    find_objects,
    find_text,
    find_texts,
    get_body,
    get_required,
    get_text,
)
from stagedoor.orchestrator.odata.read import read_set
from stagedoor.orchestrator.registry import Routes
from stagedoor.orchestrator.settings import service, store
from stagedoor.orchestrator.settings.entities import SETTINGS
from stagedoor.orchestrator.settings.schemas import SETTING_SCOPE
from stagedoor.orchestrator.status.version import API_VERSION, BUILD_VERSION
from stagedoor.passage import TenantPlace

NAME_LENGTH_MAX = 128
VALUE_LENGTH_MAX = 64 * 1024

routes = Routes()


@routes.reads("Settings_GetAuthenticationSettings")
def show_authentication_settings(call: Call) -> Answer:
    """Answer keys and values side by side; the header is what the vendor's PowerShell client looks at."""
    fields = describe_authentication(call.tenant)
    return answer_object(call, "ResponseDictionaryDto", fields, headers={"api-supported-versions": API_VERSION})


@routes.reads("Settings_Get")
def list_settings(call: Call) -> Answer:
    """Answer the settings that were set."""
    return read_set(call, SETTINGS)


@routes.reads("Settings_GetById")
def show_setting(call: Call) -> Answer:
    """Answer one setting's value."""
    setting = service.get_setting(call.session, call.tenant.tenant_id, call.path_arguments["key"])
    return answer_value(call, "Edm.String", setting.value)


@routes.writes("Settings_PutById")
def save_setting(call: Call) -> Answer:
    """Set one value; the name in the path counts."""
    body = get_body(call)
    name = call.path_arguments["key"]
    if not name or len(name) > NAME_LENGTH_MAX:
        raise InvalidRequest(f"A setting's name has 1 to {NAME_LENGTH_MAX} characters.", details={"field": "key"})
    _save(call, name, body)
    return Answer()


@routes.writes("Settings_UpdateBulk")
def save_settings(call: Call) -> Answer:
    """Set several values, all or none."""
    for body in get_required(find_objects(get_body(call), "settings"), "settings"):
        _save(call, get_text(body, "Name", length_max=NAME_LENGTH_MAX), body)
    return Answer()


@routes.writes("Settings_DeleteBulk")
def delete_settings(call: Call) -> Answer:
    """Delete several settings."""
    names = get_required(find_texts(get_body(call), "settingNames"), "settingNames")
    store.delete_settings(call.session, call.tenant.tenant_id, names)
    return Answer(status=204)


def describe_authentication(tenant: TenantPlace | None) -> dict[str, list[str]]:
    """Return the fields of the authentication settings; without a tenant, what anybody may know."""
    settings = service.authentication_settings(tenant, BUILD_VERSION)
    return {"Keys": list(settings), "Values": list(settings.values())}


def _save(call: Call, name: str, body: Body) -> None:
    tenant_wide = SETTING_SCOPE.members["Tenant"]
    scope = find_enum(body, "Scope", SETTING_SCOPE)
    value = find_text(body, "Value", length_max=VALUE_LENGTH_MAX)
    service.save_setting(call.session, call.tenant.tenant_id, name, value, tenant_wide if scope is None else scope)
