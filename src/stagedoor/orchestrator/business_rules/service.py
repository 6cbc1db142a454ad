"""What may be done with business rules: make, change, delete and share them; each within one folder of one tenant."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from stagedoor.kit.chance import random_guid
from stagedoor.orchestrator.business_rules import store
from stagedoor.orchestrator.business_rules.decision_models import verify_decision_model
from stagedoor.orchestrator.business_rules.models import BusinessRule, BusinessRuleVersion
from stagedoor.orchestrator.business_rules.schemas import BusinessRuleValues
from stagedoor.orchestrator.call import Call
from stagedoor.orchestrator.errors import AlreadyExists, NotFound
from stagedoor.orchestrator.folders.models import Folder
from stagedoor.orchestrator.sharing import Shares, share_thing, verify_folders, verify_seen_within_reach
from stagedoor.orchestrator.stored_files import service as stored_files
from stagedoor.orchestrator.uploads import Upload
from stagedoor.passage import FolderPlace, Reach


def create_rule(call: Call, folder: FolderPlace, values: BusinessRuleValues, upload: Upload) -> BusinessRule:
    """Make a rule with its first version; raises ``NameInUse`` (409/1001), ``InvalidRequest`` for another file."""
    verify_decision_model(upload.content, upload.size)
    rule = BusinessRule(
        tenant_id=call.tenant.tenant_id,
        key=random_guid(call.chance),
        name=values.name,
        description=values.description,
        tags=values.tags or [],
        created_at=call.clock.now(),
        creator_user_number=call.caller.number,
    )
    store.add_rule(call.session, rule, folder.id)
    _add_version(call, rule, values, upload)
    return rule


def update_rule(call: Call, rule: BusinessRule, values: BusinessRuleValues, upload: Upload | None) -> None:
    """Change what was sent and leave the rest; a file becomes the rule's next version, and the active one.

    Raises ``NameInUse``, ``AlreadyExists`` (409/1004) for a version that is there, ``InvalidRequest`` for another file.
    """
    if upload is not None:
        verify_decision_model(upload.content, upload.size)
    if values.name != rule.name:
        store.links.rename(call.session, rule.id, values.name)
        rule.name = values.name
    if values.description is not None:
        rule.description = values.description
    if values.tags is not None:
        rule.tags = values.tags
    rule.modified_at = call.clock.now()
    rule.modifier_user_number = call.caller.number
    if upload is not None:
        _add_version(call, rule, values, upload)
    call.session.flush()


def get_rule(session: Session, tenant_id: str, folder: FolderPlace, key: str) -> BusinessRule:
    """Return a rule that the folder sees, or raise ``NotFound``."""
    rule = store.find_rule(session, tenant_id, key, store.in_folder(folder))
    if rule is None:
        raise NotFound(f"There is no business rule {key} in this folder.")
    return rule


def get_rule_within_reach(session: Session, tenant_id: str, reach: Reach, key: str) -> BusinessRule:
    """Return a rule that some folder within reach sees, or raise ``NotFound``."""
    rule = store.find_rule(session, tenant_id, key, store.within_reach(tenant_id, reach))
    if rule is None:
        raise NotFound(f"There is no business rule {key}.")
    return rule


def get_version_by_name(
    session: Session, tenant_id: str, folder: FolderPlace, name: str, number: str
) -> tuple[BusinessRule, BusinessRuleVersion]:
    """Return a rule by its name and one of its versions, the active one where none is named; raises ``NotFound``."""
    rule = store.find_rule_by_name(session, tenant_id, folder.id, name)
    if rule is None:
        raise NotFound(f"There is no business rule named {name!r} in this folder.")
    version = store.find_version(session, rule, number) if number else store.find_active_version(session, rule)
    if version is None:
        raise NotFound(f"The business rule {rule.name!r} has no version {number!r}.")
    return rule, version


def delete_rule(session: Session, rule: BusinessRule, reach: Reach) -> None:
    """Delete a rule with its versions, for every folder that sees it; raises ``Conflict`` if one is out of reach."""
    verify_seen_within_reach(*list_folders(session, rule, reach), f"The business rule {rule.name!r}")
    store.delete_rule(session, rule)


def list_folders(session: Session, rule: BusinessRule, reach: Reach) -> tuple[Sequence[Folder], int]:
    """Return the folders within reach that see the rule, and how many see it in all."""
    return store.links.list_folders(session, rule.tenant_id, rule.id, reach)


def share_rules(session: Session, tenant_id: str, folder: FolderPlace, shares: Shares[str], reach: Reach) -> None:
    """Let folders within reach see rules of this folder, or see them no longer.

    Raises ``NotFound`` for a rule or folder that is not there, ``NameInUse`` for a folder with another rule of that
    name, ``Conflict`` for taking a rule out of the last folder that sees it.
    """
    verify_folders(session, tenant_id, reach, shares)
    for key in shares.thing_ids:
        rule = get_rule(session, tenant_id, folder, key)
        share_thing(session, store.links, rule, shares, f"The business rule {rule.name!r}")


def _add_version(call: Call, rule: BusinessRule, values: BusinessRuleValues, upload: Upload) -> None:
    number = values.version or str(store.count_versions(call.session, rule) + 1)
    if store.find_version(call.session, rule, number) is not None:
        raise AlreadyExists(
            f"The business rule {rule.name!r} has a version {number!r} already.",
            hint="Name another in CurrentVersion.VersionNumber; what a version holds never changes.",
        )
    row = stored_files.keep(call, upload.content, content_type=upload.content_type[:255] or None)
    version = BusinessRuleVersion(
        tenant_id=rule.tenant_id,
        rule_id=rule.id,
        key=random_guid(call.chance),
        number=number,
        is_active=True,
        stored_name=row.name,
        created_at=call.clock.now(),
        creator_user_number=call.caller.number,
    )
    store.add_active_version(call.session, rule, version)
