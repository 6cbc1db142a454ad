"""Corners of discovery that HTTP does not reach."""

from dataclasses import replace
from pathlib import Path

import pytest
from tests.factories.acme import acme
from tests.factories.callers import person

from stagedoor.identity.account_discovery.errors import CredentialBoundElsewhere
from stagedoor.identity.account_discovery.service import AccountDiscovery, verify_network
from stagedoor.identity.organizations.errors import OrganizationUnknown
from stagedoor.passage import GrantTerms

CALLER = person(organization_id="gone")


def test_a_caller_whose_organization_is_gone_finds_nothing(tmp_path: Path) -> None:
    with acme(tmp_path) as world, pytest.raises(OrganizationUnknown):
        AccountDiscovery(world.directory, "http://door.example").accounts_for(CALLER)


def test_an_address_that_is_none_lies_in_no_network() -> None:
    verify_network(CALLER, "unix")
    bound = replace(CALLER, terms=GrantTerms((), networks=("10.0.0.0/8",)))
    verify_network(bound, "10.1.2.3")
    for address in ("unix", "", "::1", "11.0.0.1"):
        with pytest.raises(CredentialBoundElsewhere):
            verify_network(bound, address)
