"""How a sign-in looks in the vendor's API."""

from stagedoor.orchestrator.entity import Constant, EdmType, EntitySet, EntityType, EnumType, Property
from stagedoor.orchestrator.user_login_attempts.models import SignIn

RESULT = EnumType("LoginResult", {"Success": 1, "InvalidUserNameOrEmailAddress": 2, "InvalidPassword": 3})

LOGIN_ATTEMPT = EntityType(
    "UserLoginAttemptDto",
    SignIn,
    (
        Property("CreationTime", EdmType.DATE_TIME_OFFSET, SignIn.time, nullable=False, writable=False),
        Property("ClientIpAddress", EdmType.STRING, SignIn.client_address, writable=False),
        Property("ClientName", EdmType.STRING),
        Property("BrowserInfo", EdmType.STRING),
        Property("Result", RESULT, Constant(RESULT.members["Success"]), nullable=False),
        Property("UserId", EdmType.INT64, SignIn.user_number, nullable=False, writable=False),
        Property("Id", EdmType.INT64, SignIn.id, nullable=False, writable=False),
    ),
)
LOGIN_ATTEMPTS = EntitySet("UserLoginAttempts", LOGIN_ATTEMPT, newest_first=True)
