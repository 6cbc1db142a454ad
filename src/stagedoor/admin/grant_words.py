"""Grants as people read them: sentences with the names of folders and tenants in them."""

from collections.abc import Iterable

from stagedoor.access.explain import grant_in_words
from stagedoor.access.grants import Grants
from stagedoor.admin.places import Places
from stagedoor.passage import GrantTerms, TenantPlace


def words_of(terms: GrantTerms, grants: Grants, places: Places, tenants: Iterable[TenantPlace]) -> list[str]:
    """Return what the terms allow, in sentences that name the tenants given and their folders."""
    tenants = list(tenants)
    return grant_in_words(
        terms,
        grants,
        folder_paths={place.key: place.path for tenant in tenants for place in places.list_folders(tenant)},
        tenant_names={tenant.tenant_id: tenant.tenant_name for tenant in tenants},
    )
