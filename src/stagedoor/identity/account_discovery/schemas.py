"""What discovery answers, with the vendor's field names."""

from typing import TypedDict


class Account(TypedDict):
    """One organization, as 2019 called it."""

    accountName: str
    accountLogicalName: str


class AccountsForUser(TypedDict):
    """The answer of ``getAccountsForUser``."""

    userEmail: str
    accounts: list[Account]


class ServiceInstance(TypedDict):
    """One tenant, as 2019 called it; ``serviceUrl`` is the address in front of ``/odata``."""

    serviceInstanceName: str
    serviceInstanceLogicalName: str
    serviceType: str
    serviceUrl: str


class NameAndId(TypedDict):
    """A thing that can be named in a URL, by either."""

    name: str
    id: str


class TenantsAndOrganization(TypedDict):
    """The answer of ``tenantsAndOrganizationInfo``."""

    tenants: list[NameAndId]
    organization: NameAndId
