"""What may be done with licences: acquire, release and switch them; and what is told of them."""

from datetime import UTC, datetime
from typing import Any

from stagedoor.orchestrator.call import Call
from stagedoor.orchestrator.errors import Conflict, NotFound
from stagedoor.orchestrator.licensing import store
from stagedoor.orchestrator.licensing.schemas import COUNT_MAX, Units

ALLOWED = 1_000_000
"""How many of anything are allowed: more than anybody tests with, and no number that overflows somewhere."""

EXPIRES = int(datetime(2099, 12, 31, tzinfo=UTC).timestamp())


def acquire(call: Call, units: Units) -> None:
    """Give units to whoever asks; there are always enough."""
    held = store.find_units(call.session, call.tenant.tenant_id, units)
    if held is None:
        store.add_units(call.session, call.tenant.tenant_id, units)
    elif held.count + units.count > COUNT_MAX:
        raise Conflict(f"Nobody can hold more than {COUNT_MAX} units.")
    else:
        held.count += units.count
        call.session.flush()


def release(call: Call, units: Units) -> None:
    """Take units back; raises ``Conflict`` (409) for more than are held."""
    held = store.find_units(call.session, call.tenant.tenant_id, units)
    if held is None or held.count < units.count:
        raise Conflict(
            f"{0 if held is None else held.count} units of {units.type!r} are held under this reference.",
            hint="Release what was acquired, under the reference with which it was.",
        )
    held.count -= units.count
    if held.count:
        call.session.flush()
    else:
        store.drop_units(call.session, held)


def switch_runtime(call: Call, key: str, robot_type: int, *, enabled: bool) -> None:
    """Switch the runtimes of a machine on or off; raises ``NotFound`` for a key that is no machine's."""
    machine = store.find_machine(call.session, call.tenant.tenant_id, key)
    if machine is None:
        raise NotFound("There is no machine with this key.")
    store.switch_runtime(call.session, machine.id, robot_type, enabled=enabled)


def describe_license(call: Call) -> dict[str, Any]:
    """Return the tenant's licence as the vendor's LicenseDto: everything is allowed, and what is used is counted."""
    used = store.count_runtimes(call.session, call.tenant.tenant_id)
    return {
        "Id": 1,
        "ExpireDate": EXPIRES,
        "GracePeriodEndDate": EXPIRES,
        "GracePeriod": 0,
        "VersionControl": "",
        "Allowed": dict.fromkeys(used, ALLOWED),
        "Used": used,
        "AttendedConcurrent": False,
        "DevelopmentConcurrent": False,
        "StudioXConcurrent": False,
        "StudioProConcurrent": False,
        "LicensedFeatures": [],
        "IsRegistered": True,
        "IsCommunity": False,
        "IsProOrEnterprise": True,
        "SubscriptionCode": "",
        "SubscriptionPlan": "",
        "IsExpired": False,
        "CreationTime": None,
        "Code": "",
        "UserLicensingEnabled": False,
    }
