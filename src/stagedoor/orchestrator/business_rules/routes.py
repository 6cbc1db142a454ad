"""The vendor's operations on business rules."""

from stagedoor.orchestrator.answers import answer_object
from stagedoor.orchestrator.business_rules import service, store
from stagedoor.orchestrator.business_rules.entities import BUSINESS_RULE_VERSIONS, BUSINESS_RULES
from stagedoor.orchestrator.business_rules.files import ROOM
from stagedoor.orchestrator.business_rules.models import BusinessRule
from stagedoor.orchestrator.business_rules.schemas import read_rule
from stagedoor.orchestrator.call import Answer, Call
from stagedoor.orchestrator.fields import find_query_integer, get_body, get_guid_argument
from stagedoor.orchestrator.file_addresses.access import read_minutes, show_read_access
from stagedoor.orchestrator.folder_place import get_folder, show_accessible_folders
from stagedoor.orchestrator.odata.read import read_one, read_set
from stagedoor.orchestrator.registry import Basis, Routes
from stagedoor.orchestrator.sharing import read_shares_by_key
from stagedoor.orchestrator.uploads import Upload

FILE_FIELD = "file"

routes = Routes()


@routes.reads("BusinessRules_Get")
def list_rules(call: Call) -> Answer:
    """Answer the rules that the folder sees."""
    return read_set(call, BUSINESS_RULES, [store.in_folder(get_folder(call))])


@routes.reads("BusinessRules_GetBusinessRulesAcrossFolders")
def list_rules_across_folders(call: Call) -> Answer:
    """Answer the rules of every folder within reach, but for the one that ``excludeFolderId`` names."""
    except_folder_id = find_query_integer(call, "excludeFolderId")
    within = store.within_reach(call.tenant.tenant_id, call.reach, except_folder_id=except_folder_id)
    return read_set(call, BUSINESS_RULES, [within])


@routes.reads("BusinessRules_GetById")
def get_rule(call: Call) -> Answer:
    """Answer one rule by its key."""
    key = get_guid_argument(call, "key")
    return read_one(call, BUSINESS_RULES, [store.has_key(key), store.in_folder(get_folder(call))])


@routes.writes(
    "BusinessRules_Post",
    takes_files=True,
    basis=Basis.GUESS,
    note="CurrentVersion.VersionNumber names the first version; without it the version is called 1.",
)
def create_rule(call: Call) -> Answer:
    """Make a rule from a form with its description and its DMN file."""
    values = read_rule(call.uploads)
    rule = service.create_rule(call, get_folder(call), values, call.uploads.get_file(FILE_FIELD))
    return read_one(call, BUSINESS_RULES, [store.has_key(rule.key)], status=201)


@routes.writes(
    "BusinessRules_PutById",
    takes_files=True,
    basis=Basis.GUESS,
    note="A file becomes a further version and the active one; without a name in CurrentVersion.VersionNumber it is "
    "called by how many there are. The answer holds the rule.",
)
def update_rule(call: Call) -> Answer:
    """Change a rule, and give it a further version where a file came along."""
    rule = _rule_in_path(call, "key")
    service.update_rule(call, rule, read_rule(call.uploads), _find_file(call))
    return read_one(call, BUSINESS_RULES, [store.has_key(rule.key)])


@routes.writes("BusinessRules_DeleteById")
def delete_rule(call: Call) -> Answer:
    """Delete a rule with its versions."""
    service.delete_rule(call.session, _rule_in_path(call, "key"), call.reach)
    return Answer(status=204)


@routes.reads("BusinessRules_GetFoldersForBusinessRuleById")
def list_folders_of_rule(call: Call) -> Answer:
    """Answer the folders within reach that see the rule."""
    key = get_guid_argument(call, "id")
    rule = service.get_rule_within_reach(call.session, call.tenant.tenant_id, call.reach, key)
    folders, total = service.list_folders(call.session, rule, call.reach)
    return show_accessible_folders(call, folders, total)


@routes.reads("BusinessRules_GetVersionListById")
def list_versions(call: Call) -> Answer:
    """Answer the versions of a rule."""
    return read_set(call, BUSINESS_RULE_VERSIONS, [store.is_version_of(_rule_in_path(call, "id"))])


@routes.reads(
    "BusinessRules_GetReadUriByName",
    basis=Basis.GUESS,
    note="Without versionNumber the active version is meant. The address is Stagedoor's own, lasts half an hour unless "
    "told otherwise and a week at most.",
)
def get_read_address(call: Call) -> Answer:
    """Answer an address to download a version of a rule from."""
    rule, version = service.get_version_by_name(
        call.session,
        call.tenant.tenant_id,
        get_folder(call),
        call.path_arguments["name"],
        call.query.get("versionnumber", "").strip(),
    )
    access = show_read_access(call, ROOM, version.key, f"{rule.name}.dmn", minutes=read_minutes(call))
    content = {"VersionNumber": version.number, "BusinessRuleName": rule.name, "DownloadUri": access}
    return answer_object(call, "BusinessRuleVersionDownloadResponse", content)


@routes.writes("BusinessRules_ShareToFolders")
def share_rules(call: Call) -> Answer:
    """Let further folders see rules, or take them out of folders."""
    shares = read_shares_by_key(get_body(call), "BusinessRuleKeys")
    service.share_rules(call.session, call.tenant.tenant_id, get_folder(call), shares, call.reach)
    return Answer(status=204)


def _find_file(call: Call) -> Upload | None:
    return next((upload for upload in call.uploads.files if upload.field_name.lower() == FILE_FIELD), None)


def _rule_in_path(call: Call, name: str) -> BusinessRule:
    key = get_guid_argument(call, name)
    return service.get_rule(call.session, call.tenant.tenant_id, get_folder(call), key)
