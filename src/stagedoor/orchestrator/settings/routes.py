"""The operations of settings."""

from stagedoor.orchestrator.answers import answer_object, answer_value
from stagedoor.orchestrator.call import Answer, Body, Call
from stagedoor.orchestrator.credential_stores.schemas import get_store_type
from stagedoor.orchestrator.errors import InvalidRequest
from stagedoor.orchestrator.fields import (
    find_enum,
    find_integer,
    find_objects,
    find_text,
    find_texts,
    get_body,
    get_object,
    get_required,
    get_text,
)
from stagedoor.orchestrator.licensing.service import describe_license
from stagedoor.orchestrator.odata.metadata import NAMESPACE
from stagedoor.orchestrator.odata.read import read_set
from stagedoor.orchestrator.registry import Basis, Routes
from stagedoor.orchestrator.settings import descriptions, service, store
from stagedoor.orchestrator.settings.authentication import describe_authentication
from stagedoor.orchestrator.settings.entities import SETTINGS
from stagedoor.orchestrator.settings.schemas import SETTING_SCOPE, read_calendar
from stagedoor.orchestrator.status.version import API_VERSION

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
    name = call.path_arguments["key"]
    value = service.find_value(call.session, call.tenant.tenant_id, call.caller.id, name)
    return answer_value(call, "Edm.String", value)


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


@routes.writes("Settings_UpdateUserSetting", note="Whoever set it sees it instead of the tenant's.")
def save_user_setting(call: Call) -> Answer:
    """Set a value for the caller alone."""
    body = get_object(get_body(call), "setting")
    name = get_text(body, "Name", length_max=NAME_LENGTH_MAX)
    find_enum(body, "Scope", SETTING_SCOPE)
    value = find_text(body, "Value", length_max=VALUE_LENGTH_MAX)
    service.save_user_setting(call.session, call.tenant.tenant_id, call.caller.id, name, value)
    return Answer()


@routes.reads("Settings_GetCalendar", note="Kept and shown; schedules follow calendars of their own.")
def show_calendar(call: Call) -> Answer:
    """Answer the tenant's calendar, of the days before calendars had names."""
    calendar = service.calendar_of(call.session, call.tenant.tenant_id)
    fields = {"TimeZoneId": calendar.time_zone_id, "ExcludedDates": list(calendar.excluded_dates)}
    return answer_object(call, "CalendarDto", fields)


@routes.writes("Settings_SetCalendar", note="Kept and shown; schedules follow calendars of their own.")
def save_calendar(call: Call) -> Answer:
    """Set the tenant's calendar."""
    service.save_calendar(call.session, call.tenant.tenant_id, read_calendar(get_body(call)))
    return Answer()


@routes.reads("Settings_GetTimezones", basis=Basis.GUESS, note="The zones that schedules know, named as Windows does.")
def list_time_zones(call: Call) -> Answer:
    """Answer the time zones."""
    return answer_object(call, "ListResultDtoOfNameValueDto", {"Items": descriptions.describe_time_zones()})


@routes.reads("Settings_GetLanguages", basis=Basis.GUESS, note="English alone.")
def list_languages(call: Call) -> Answer:
    """Answer the languages."""
    return answer_object(call, "ListResultDtoOfLanguageInfo", {"Items": descriptions.describe_languages()})


@routes.reads(
    "Settings_GetLicense", basis=Basis.GUESS, note="Everything is allowed until 2099; what is used is counted."
)
def show_license(call: Call) -> Answer:
    """Answer the tenant's licence."""
    return answer_object(call, "LicenseDto", describe_license(call))


@routes.reads(
    "Settings_GetExecutionSettingsConfigurationByScope",
    basis=Basis.GUESS,
    note="The settings that the vendor's documentation names for robots; a robot's own defaults are empty.",
)
def list_execution_settings(call: Call) -> Answer:
    """Answer what can be set for how robots run."""
    scope = descriptions.EXECUTION_SCOPE.find_number(call.path_arguments["scope"])
    if scope is None:
        raise InvalidRequest("The scope must be 0 (Global) or 1 (Robot).", details={"field": "scope"})
    return answer_object(call, "ExecutionSettingsConfiguration", descriptions.describe_execution_settings(scope))


@routes.reads(
    "Settings_GetSecureStoreConfigurationByStoretypename",
    basis=Basis.GUESS,
    note="The fields that each kind of store is remembered with.",
)
def list_store_fields(call: Call) -> Answer:
    """Answer what a kind of credential store needs to be reached."""
    entries = get_store_type(call.path_arguments["storeTypeName"])
    return answer_value(
        call, f"Collection({NAMESPACE}.ConfigurationEntry)", descriptions.describe_store_fields(entries)
    )


@routes.reads("Settings_GetActivitySettings", basis=Basis.GUESS, note="No channel is named to push to activities.")
def show_activity_settings(call: Call) -> Answer:
    """Answer what activities want to know."""
    return answer_object(call, "ActivitySettingsDto", descriptions.describe_activity_settings())


@routes.reads("Settings_GetUpdateSettings", basis=Basis.GUESS, note="Robots find no updates of themselves here.")
def show_update_settings(call: Call) -> Answer:
    """Answer where robots find updates of themselves."""
    return answer_object(call, "UpdateSettingsDto", descriptions.describe_updates())


@routes.reads("Settings_GetWebSettings", basis=Basis.GUESS, note="A few keys: the vendor's web client is not here.")
def show_web_settings(call: Call) -> Answer:
    """Answer what a web client wants to know."""
    return answer_object(call, "ResponseDictionaryDto", descriptions.describe_web_settings())


@routes.writes(
    "Settings_VerifySmtpSetting",
    basis=Basis.GUESS,
    note="No mail is ever sent, so that settings for mail are never verified: the answer is 400.",
)
def verify_mail(call: Call) -> Answer:
    """Refuse: a test mail would have to be sent, and none is."""
    body = get_body(call)
    get_text(body, "sendTo", length_max=320)
    model = body.get("smtpSettingModel")
    if isinstance(model, Body):
        get_text(model, "Host", length_max=255)
        get_required(find_integer(model, "Port", least=1, most=65535), "Port")
    raise InvalidRequest(
        "The embedded Orchestrator sends no mail, and cannot tell whether these settings would.",
        hint="Try them with a program that sends mail.",
    )


def _save(call: Call, name: str, body: Body) -> None:
    tenant_wide = SETTING_SCOPE.members["Tenant"]
    scope = find_enum(body, "Scope", SETTING_SCOPE)
    value = find_text(body, "Value", length_max=VALUE_LENGTH_MAX)
    service.save_setting(call.session, call.tenant.tenant_id, name, value, tenant_wide if scope is None else scope)
