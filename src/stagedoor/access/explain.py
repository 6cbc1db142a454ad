"""Grants in plain words for people: what terms allow, and which of their words are of no use."""

from collections.abc import Mapping
from datetime import UTC

from stagedoor.access.grants import Grants
from stagedoor.access.selectors import split_selector
from stagedoor.catalog.operations import Operation
from stagedoor.catalog.roles import OWN_ROLE, find_role
from stagedoor.catalog.words import phrase, scope_phrase
from stagedoor.passage import Allowance, GrantTerms

OPERATIONS_SPELT_MAX = 12
NO_NAMES: Mapping[str, str] = {}


def grant_in_words(
    terms: GrantTerms,
    grants: Grants,
    *,
    folder_paths: Mapping[str, str] = NO_NAMES,
    tenant_names: Mapping[str, str] = NO_NAMES,
) -> list[str]:
    """Return the terms in sentences. Folders and tenants that are not named in the mappings go by key and id."""
    sentences: list[str] = []
    for allowance in terms.allowances:
        where = "in every folder"
        if allowance.folders is not None:
            paths = sorted(folder_paths.get(folder, folder) for folder in allowance.folders)
            where = f"in {_join(paths)} and everything below" if paths else "in no folder"
        tenant = "" if allowance.tenant_id is None else tenant_names.get(allowance.tenant_id, allowance.tenant_id)
        whose = f" of the tenant {tenant}" if tenant else ""
        sentences.append(f"May {_what(allowance.allow, grants)}, {where}{whose}.")
    if not terms.allowances:
        sentences.append("May do nothing.")
    if terms.ceiling is not None:
        scopes = [entry.removeprefix("scope:") for entry in terms.ceiling]
        sentences.append(f"Never more than {_join(scopes)}." if scopes else "Never more than what needs no scope.")
    for narrowing in terms.narrowings:
        where = ""
        if narrowing.folders is not None:
            paths = sorted(folder_paths.get(folder, folder) for folder in narrowing.folders)
            where = f", in {_join(paths)} and everything below" if paths else ", in no folder"
        sentences.append(f"Narrowed to: {_what(narrowing.allow, grants)}{where}.")
    if terms.networks:
        sentences.append(f"Only from {_join(list(terms.networks))}.")
    if terms.not_after is not None:
        end = terms.not_after.astimezone(UTC)
        sentences.append(f"Until {end.day} {end:%B %Y, %H:%M} UTC.")
    return sentences


def list_unusable(terms: GrantTerms, grants: Grants) -> list[str]:
    """Return a warning for each word of the terms that allows nothing, or less than it seems to."""
    warnings: list[str] = []
    ceiling = -1 if terms.ceiling is None else grants.selectors.resolve_ceiling(terms.ceiling)
    for allowance in terms.allowances:
        if allowance.folders == ():
            warnings.append("An allowance is limited to no folder at all, so it allows nothing.")
        for selector in allowance.allow:
            warnings += _warn_of(selector, allowance, ceiling, grants)
    return warnings


def _warn_of(selector: str, allowance: Allowance, ceiling: int, grants: Grants) -> list[str]:
    selectors = grants.selectors
    bits = selectors.resolve((selector,))
    if not bits:
        # A permission may matter only together with its neighbours.
        rest = tuple(other for other in allowance.allow if other != selector)
        if selectors.resolve(allowance.allow) == selectors.resolve(rest):
            return [f"{selector} allows nothing by itself."]
        return []
    if not bits & ceiling:
        return [f"{selector} is cut off whole by the ceiling."]
    if allowance.folders is None:
        return []
    unbounded = selectors.list_operations(bits & ~grants.bounded_by_folders)
    if not unbounded:
        return []
    if bits & grants.bounded_by_folders:
        return [
            f"{len(unbounded)} of the {bits.bit_count()} operations of {selector} are not bound by one folder, "
            f"and a grant that is limited to folders leaves them out: {_names(unbounded)}."
        ]
    return [f"{selector} is not bound by one folder, so a grant that is limited to folders never allows it."]


def _what(allow: tuple[str, ...], grants: Grants) -> str:
    parts: list[str] = []
    singles: list[Operation] = []
    for selector in allow:
        kind, word = split_selector(selector)
        operations = grants.selectors.list_operations(grants.selectors.resolve((selector,)))
        count = f"{len(operations)} operation{'' if len(operations) == 1 else 's'}"
        if kind == "" and word == "all":
            return f"do everything ({count})"
        if kind == "":
            singles += operations
        elif kind == OWN_ROLE:
            own = grants.selectors.list_operations(grants.selectors.resolve(allow))
            return f"do what the role {selector.partition(':')[2].strip()} does ({len(own)} operations)"
        elif kind == "role" and (role := find_role(word)) is not None:
            parts.append(f"do what the role {role.name} does ({count})")
        elif kind == "tag" and operations:
            parts.append(f"do everything under {operations[0].tag} ({count})")
        elif kind == "scope" and operations:
            # As the catalogue writes it, in whichever letter case the grant has it.
            scope = (operations[0].scope or "")[: len(word)]
            parts.append(f"{scope_phrase(scope)} ({count})")
        else:
            parts.append(f"do what the {kind} {selector.partition(':')[2].strip()} covers ({count})")
    spelt = [phrase(operation) for operation in singles[:OPERATIONS_SPELT_MAX]]
    if len(singles) > OPERATIONS_SPELT_MAX:
        spelt.append(f"use {len(singles) - OPERATIONS_SPELT_MAX} more operations")
    return _join([*spelt, *parts]) or "do nothing"


def _names(operations: list[Operation]) -> str:
    named = [operation.id for operation in operations[:3]]
    return ", ".join(named) + (f" and {len(operations) - 3} more" if len(operations) > 3 else "")


def _join(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}" if words else ""
