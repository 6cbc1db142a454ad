"""The operations of tenants."""

from stagedoor.orchestrator.call import Answer, Call
from stagedoor.orchestrator.fields import get_number_argument
from stagedoor.orchestrator.odata.read import read_one, read_set
from stagedoor.orchestrator.registry import Basis, Routes
from stagedoor.orchestrator.tenants.entities import TENANTS_SET
from stagedoor.orchestrator.tenants.models import TenantView

NOTE = "A caller is shown the tenant in the address alone, under the number 1; tenants are made in Stagedoor itself."

routes = Routes()


@routes.reads("Tenants_Get", basis=Basis.RECORDED, note=f"As the vendor's API guide prints it. {NOTE}")
def list_tenants(call: Call) -> Answer:
    """Answer the tenant that the caller stands in."""
    return read_set(call, TENANTS_SET)


@routes.reads("Tenants_GetById", note=NOTE)
def show_tenant(call: Call) -> Answer:
    """Answer the tenant that the caller stands in, if that is the one."""
    return read_one(call, TENANTS_SET, (TenantView.number == get_number_argument(call, "key"),))
