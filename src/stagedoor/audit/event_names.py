"""What an audit row is about: one name for each event, in one grammar, ``room:thing:verb`` in the past tense.

The names are part of what readers of the log rely on: one may be added, none may change its meaning.
Keep the list alphabetized.
"""

from enum import StrEnum


class EventName(StrEnum):
    """The events that Stagedoor records. A test holds the list to its grammar and order."""

    ADMIN_ACCESS_KEY_CREATED = "admin:access_key:created"
    ADMIN_ACCESS_KEY_REVOKED = "admin:access_key:revoked"
    ADMIN_ACCESS_KEY_ROTATED = "admin:access_key:rotated"
    ADMIN_API_PASSWORD_CLEARED = "admin:api_password:cleared"
    ADMIN_API_PASSWORD_SET = "admin:api_password:set"
    ADMIN_APPLICATION_CREATED = "admin:application:created"
    ADMIN_APPLICATION_DELETED = "admin:application:deleted"
    ADMIN_APPLICATION_SECRET_CREATED = "admin:application_secret:created"
    ADMIN_APPLICATION_SECRET_DELETED = "admin:application_secret:deleted"
    ADMIN_CONNECTION_CREATED = "admin:connection:created"
    ADMIN_CONNECTION_DELETED = "admin:connection:deleted"
    ADMIN_CONNECTION_DISCOVERED = "admin:connection:discovered"
    ADMIN_CONNECTION_SECRET_SET = "admin:connection_secret:set"
    ADMIN_CONNECTION_TESTED = "admin:connection:tested"
    ADMIN_DESTINATION_CHANGED = "admin:destination:changed"
    ADMIN_LEGACY_WINDOW_CHANGED = "admin:legacy_window:changed"
    ADMIN_PASSWORD_SET = "admin:password:set"
    ADMIN_PERSONAL_TOKEN_CREATED = "admin:personal_token:created"
    ADMIN_PERSONAL_TOKEN_REVOKED = "admin:personal_token:revoked"
    ADMIN_REQUEST_ANSWERED = "admin:request:answered"
    ADMIN_ROBOT_SCRIPT_CLEARED = "admin:robot_script:cleared"
    ADMIN_ROBOT_SCRIPT_SET = "admin:robot_script:set"
    ADMIN_USER_CHANGED = "admin:user:changed"
    ADMIN_USER_CREATED = "admin:user:created"
    ADMIN_USER_KEY_CREATED = "admin:user_key:created"
    AUDIT_STORE_RECOVERED = "audit:store:recovered"
    CONSOLE_PAGE_ANSWERED = "console:page:answered"
    DOOR_REQUEST_REFUSED = "door:request:refused"
    IDENTITY_AUTHORIZATION_GRANTED = "identity:authorization:granted"
    IDENTITY_AUTHORIZATION_REFUSED = "identity:authorization:refused"
    IDENTITY_LEGACY_SIGN_IN_FAILED = "identity:legacy_sign_in:failed"
    IDENTITY_LEGACY_SIGN_IN_SUCCEEDED = "identity:legacy_sign_in:succeeded"
    IDENTITY_REQUEST_ANSWERED = "identity:request:answered"
    IDENTITY_SIGN_IN_FAILED = "identity:sign_in:failed"
    IDENTITY_SIGN_IN_SUCCEEDED = "identity:sign_in:succeeded"
    IDENTITY_SIGN_OUT_SUCCEEDED = "identity:sign_out:succeeded"
    IDENTITY_TOKEN_ISSUED = "identity:token:issued"
    IDENTITY_TOKEN_REFUSED = "identity:token:refused"
    IDENTITY_TOKEN_REVOKED = "identity:token:revoked"
    ORCHESTRATOR_FILE_TRANSFERRED = "orchestrator:file:transferred"
    ORCHESTRATOR_OPERATION_CALLED = "orchestrator:operation:called"
