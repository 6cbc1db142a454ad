"""The operation of sign-ins."""

from stagedoor.orchestrator.call import Answer, Call
from stagedoor.orchestrator.fields import get_number_argument
from stagedoor.orchestrator.odata.read import read_set
from stagedoor.orchestrator.registry import Basis, Routes
from stagedoor.orchestrator.user_login_attempts.entities import LOGIN_ATTEMPTS
from stagedoor.orchestrator.user_login_attempts.models import SignIn
from stagedoor.orchestrator.users.service import get_user

routes = Routes()


@routes.reads(
    "UserLoginAttempts_GetById",
    basis=Basis.GUESS,
    note="The key is the user's; sign-ins that failed are not listed, for nobody proved to be that user.",
)
def list_attempts(call: Call) -> Answer:
    """Answer a user's sign-ins, the newest first."""
    user = get_user(call.session, call.tenant.tenant_id, get_number_argument(call, "key"))
    return read_set(call, LOGIN_ATTEMPTS, (SignIn.user_number == user.number,))
