"""What can go wrong when Stagedoor signs in to a remote Orchestrator."""

from enum import StrEnum

from stagedoor.kit.errors import StagedoorError


class Diagnosis(StrEnum):
    """Why a sign-in failed, in one word each; :data:`WORDS` says them plainly."""

    WRONG_IDENTITY_PATH = "wrong_identity_path"
    WRONG_TOKEN_LEVEL = "wrong_token_level"
    REDIRECTED = "redirected"
    INVALID_SCOPE = "invalid_scope"
    INVALID_CLIENT = "invalid_client"
    INVALID_GRANT = "invalid_grant"
    CODE_REFUSED = "code_refused"
    NO_REFRESH_TOKEN = "no_refresh_token"
    GRANT_NOT_ALLOWED = "grant_not_allowed"
    PASSWORD_REFUSED = "password_refused"
    TOKEN_REFUSED = "token_refused"
    TLS_FAILED = "tls_failed"
    NAME_UNKNOWN = "name_unknown"
    CONNECTION_REFUSED = "connection_refused"
    PROXY_FAILED = "proxy_failed"
    TIMED_OUT = "timed_out"
    BROKEN_OFF = "broken_off"
    THROTTLED = "throttled"
    UPSTREAM_FAILING = "upstream_failing"
    NOT_UNDERSTOOD = "not_understood"
    BUSY = "busy"

    @property
    def is_lasting(self) -> bool:
        """Tell whether asking again changes nothing until somebody changes something."""
        return self in _LASTING


_LASTING = frozenset(
    {
        Diagnosis.WRONG_IDENTITY_PATH,
        Diagnosis.WRONG_TOKEN_LEVEL,
        Diagnosis.REDIRECTED,
        Diagnosis.INVALID_SCOPE,
        Diagnosis.INVALID_CLIENT,
        Diagnosis.INVALID_GRANT,
        Diagnosis.CODE_REFUSED,
        Diagnosis.NO_REFRESH_TOKEN,
        Diagnosis.GRANT_NOT_ALLOWED,
        Diagnosis.PASSWORD_REFUSED,
        Diagnosis.TOKEN_REFUSED,
        Diagnosis.TLS_FAILED,
        Diagnosis.NOT_UNDERSTOOD,
    }
)

WORDS: dict[Diagnosis, tuple[str, str]] = {
    Diagnosis.WRONG_IDENTITY_PATH: (
        "The token address answered with a web page in place of a token.",
        "The path of the identity server is wrong: /identity_/connect/token on Automation Cloud and Automation Suite, "
        "/identity/connect/token on a standalone Orchestrator. Set the identity URL.",
    ),
    Diagnosis.WRONG_TOKEN_LEVEL: (
        "There is no token endpoint at this address.",
        "Automation Cloud answers on the host (https://HOST/identity_/connect/token) and on the organization "
        "(https://HOST/ORGANIZATION/identity_/connect/token), others on one of them. Set the other as identity URL.",
    ),
    Diagnosis.REDIRECTED: (
        "The token address points elsewhere, and secrets do not follow redirects.",
        "Set the identity URL to the address that it points to, and mind http or https.",
    ),
    Diagnosis.INVALID_SCOPE: (
        "The identity server refuses the scope.",
        "Ask only for scopes that are registered on the external application, spelt the same: OR.Jobs is not the sum "
        "of OR.Jobs.Read and OR.Jobs.Write, and an application alone cannot have offline_access.",
    ),
    Diagnosis.INVALID_CLIENT: (
        "The identity server does not know this client id, or the client secret is wrong.",
        "Compare the client id with the external application's, and make a new secret for it if in doubt.",
    ),
    Diagnosis.INVALID_GRANT: (
        "The identity server does not accept the refresh token or user key any more.",
        "It has expired, was used by somebody else or was revoked. Connect again.",
    ),
    Diagnosis.CODE_REFUSED: (
        "The identity server does not accept the code.",
        "A code is good once and for about a minute, with the verifier and the redirect address it was asked with. "
        "Sign in again for a new one.",
    ),
    Diagnosis.NO_REFRESH_TOKEN: (
        "The identity server gave a token but nothing to renew it with.",
        "The scope must hold offline_access, and the external application must be allowed to ask for it.",
    ),
    Diagnosis.GRANT_NOT_ALLOWED: (
        "The external application is not allowed to sign in this way.",
        "For kind app it needs application scopes, for kind person user scopes; saving the application sets what is "
        "allowed.",
    ),
    Diagnosis.PASSWORD_REFUSED: (
        "The Orchestrator refuses this username and password.",
        "Check the tenant name, username and password. Directory users and Automation Cloud cannot use passwords.",
    ),
    Diagnosis.TOKEN_REFUSED: (
        "The Orchestrator refuses the personal access token.",
        "It has expired or was revoked. Make a new one and connect again.",
    ),
    Diagnosis.TLS_FAILED: (
        "The server's certificate is not trusted, or no encrypted connection came about.",
        "Give the authority that signed it as the connection's CA, and check the host name in the address.",
    ),
    Diagnosis.NAME_UNKNOWN: (
        "The host name is not known.",
        "Check the spelling, and whether this machine's DNS knows it or an outbound proxy is needed.",
    ),
    Diagnosis.CONNECTION_REFUSED: (
        "Nobody answers at this host and port.",
        "Check the port, the firewall, and whether an outbound proxy is needed.",
    ),
    Diagnosis.PROXY_FAILED: (
        "The outbound proxy did not let the connection through.",
        "Check the proxy's address and whether it allows this host.",
    ),
    Diagnosis.TIMED_OUT: ("No answer came in time.", "Try again; look at firewall and proxy."),
    Diagnosis.BROKEN_OFF: ("The connection broke before the answer came.", "Try again shortly."),
    Diagnosis.THROTTLED: ("The server asks to be left alone for a while.", "It is asked again by itself."),
    Diagnosis.UPSTREAM_FAILING: ("The server has trouble of its own.", "It is asked again by itself."),
    Diagnosis.NOT_UNDERSTOOD: (
        "The answer of the token address is none that can be understood.",
        "Check that the identity URL leads to the token endpoint itself.",
    ),
    Diagnosis.BUSY: ("Another worker is still signing in.", "Try again shortly."),
}


class UpstreamSignInFailed(StagedoorError):
    """Stagedoor could not sign in to a remote Orchestrator; ``details`` hold the connection and the diagnosis.

    ``upstream_error`` is the error word of the identity server, where it gave one that is safe to show.
    """

    code = "upstream_sign_in_failed"
    status = 502

    def __init__(
        self, diagnosis: Diagnosis, *, connection_id: str | None = None, upstream_error: str | None = None
    ) -> None:
        public, hint = WORDS[diagnosis]
        details = {"diagnosis": diagnosis.value}
        if connection_id is not None:
            details["connection_id"] = connection_id
        if upstream_error is not None:
            details["upstream_error"] = upstream_error
        headers = {} if diagnosis.is_lasting else {"Retry-After": "1"}
        super().__init__(public, hint=hint, details=details, headers=headers, internal=f"{diagnosis}: {public}")
        self.diagnosis = diagnosis
        self.upstream_error = upstream_error
