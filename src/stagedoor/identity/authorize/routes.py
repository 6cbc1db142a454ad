"""The authorize endpoint and its pages on the wire."""

from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from stagedoor.identity.authorize.return_address import (
    PATH_OF_DIALECT,
    AuthorizeAddress,
    read_query,
    read_return_address,
)
from stagedoor.identity.authorize.service import AskConsent, AskSignIn, AuthorizeFlow, Explain, Outcome, SendBack
from stagedoor.identity.authorize.sessions import Cookies, SignedIn, SignInSessions
from stagedoor.identity.authorize.sign_in import SignIn, SignInForm, TryLater, WrongPassword
from stagedoor.identity.oauth_clients.redirects import form_target_of, origin_of
from stagedoor.identity.oauth_clients.schemas import Dialect
from stagedoor.identity.organizations.directory import OrganizationDirectory
from stagedoor.identity.outcomes import OUTCOME, outcome_of
from stagedoor.identity.users.errors import SignInRefused
from stagedoor.identity.wire.errors import OAuthRequestRefused
from stagedoor.identity.wire.forms import read_fields
from stagedoor.identity.wire.pages import Pages
from stagedoor.kit.chance import Chance, random_base62
from stagedoor.kit.db import Database
from stagedoor.kit.secret import Secret
from stagedoor.kit.threads import WorkerThreads
from stagedoor.passage import IdentityEvent

SIGN_IN_PATH = "/identity_/account/login"
SIGN_OUT_PATH = "/identity_/account/logout"
CONSENT_PATH = "/identity_/account/consent"
WRONG = "Organization, user name or password is wrong."
"""One sentence for every way of being wrong."""
EVENT_OF_REFUSED_FORM = {
    "sign-in": IdentityEvent.SIGN_IN_FAILED,
    "consent": IdentityEvent.AUTHORIZATION_REFUSED,
    "sign-out": IdentityEvent.REQUEST_ANSWERED,
}


class AuthorizePages:
    """The endpoint, the sign-in page, the consent page and the sign-out page."""

    def __init__(
        self,
        flow: AuthorizeFlow,
        sign_in: SignIn,
        sessions: SignInSessions,
        organizations: OrganizationDirectory,
        cookies: Cookies,
        pages: Pages,
        database: Database,
        threads: WorkerThreads,
        sign_in_threads: WorkerThreads,
        chance: Chance,
    ) -> None:
        self._flow = flow
        self._sign_in = sign_in
        self._sessions = sessions
        self._organizations = organizations
        self._cookies = cookies
        self._pages = pages
        self._database = database
        self._threads = threads
        self._sign_in_threads = sign_in_threads
        self._chance = chance

    async def authorize(self, request: Request, dialect: Dialect) -> Response:
        """Answer an authorize request; one that came as a form goes on as an address (OpenID Core section 3.1.2.1)."""
        if request.method == "POST":
            try:
                fields = await read_fields(request)
            except OAuthRequestRefused as refused:
                return self._explain(request, Explain(400, "The request cannot be read", refused.public, refused.error))
            return RedirectResponse(AuthorizeAddress(dialect, fields).text, 303)
        query = read_query(request.url.query)
        if query is None:
            return self._explain(
                request,
                Explain(
                    400,
                    "The request cannot be read",
                    "The address holds a field twice, or too many of them.",
                    "invalid_request",
                ),
            )
        address = AuthorizeAddress(dialect, query)
        organization = request.scope.get("stagedoor.organization")
        cookie = request.cookies.get(self._cookies.session)
        outcome = await self._threads.run(self._flow.decide, address, cookie, organization)
        return self._show(request, outcome)

    async def show_sign_in(self, request: Request) -> Response:
        """Show the sign-in page."""
        address = read_return_address(request.query_params.get("returnUrl"))
        return self._sign_in_page(request, address, 200)

    async def take_sign_in(self, request: Request) -> Response:
        """Check what was typed; on success go on with a new session."""
        fields = await self._read_form(request, "sign-in", self._cookies.browser)
        if isinstance(fields, Response):
            return fields
        address = read_return_address(fields.get("returnUrl"))
        form = SignInForm(
            organization_word=fields.get("organization", ""),
            username=fields.get("username", ""),
            password=Secret(fields.get("password", "")),
            address=request.client.host if request.client else "",
        )
        old_cookie = request.cookies.get(self._cookies.session)
        result = await self._sign_in_threads.run(self._sign_in.sign_in, form, old_cookie)
        if isinstance(result, TryLater):
            message = f"Too many attempts. Try again in {result.after_seconds} seconds."
            self._note_failed_sign_in(request, result, result.reason, message)
            response = self._sign_in_page(request, address, 429, message, form)
            response.headers["Retry-After"] = str(result.after_seconds)
            return response
        if isinstance(result, WrongPassword):
            self._note_failed_sign_in(request, result, SignInRefused.code, WRONG)
            return self._sign_in_page(request, address, 400, WRONG, form)
        request.scope[OUTCOME] = outcome_of(IdentityEvent.SIGN_IN_SUCCEEDED, person=result.person)
        if address is None:
            response = self._message("You are signed in", "You can close this page, or go on where you were.")
        else:
            response = RedirectResponse(address.text, 303)
        self._cookies.set(response, self._cookies.session, result.cookie.reveal())
        return response

    async def take_consent(self, request: Request) -> Response:
        """Remember what a person allows, or send the refusal back to the application."""
        fields = await self._read_form(request, "consent", self._cookies.session)
        if isinstance(fields, Response):
            return fields
        address = read_return_address(fields.get("returnUrl"))
        if address is None:
            return self._explain(
                request,
                Explain(
                    400, "The request cannot be read", "Go back to the application and try again.", "invalid_request"
                ),
            )
        cookie = request.cookies.get(self._cookies.session)
        if fields.get("decision") != "allow":
            return self._show(request, await self._threads.run(self._flow.deny, address, cookie))
        then = await self._threads.run(self._flow.allow, address, cookie)
        return self._explain(request, then) if isinstance(then, Explain) else RedirectResponse(then.text, 303)

    async def show_sign_out(self, request: Request) -> Response:
        """Ask whether to sign out; a link on another site must not do it by itself."""
        cookie = request.cookies.get(self._cookies.session, "")
        if not cookie:
            return self._message("You are signed out", "Nobody is signed in in this browser.")
        mark = self._sign_in.form_mark("sign-out", cookie)
        return self._pages.draw("sign_out.html", title="Sign out", action=SIGN_OUT_PATH, mark=mark)

    async def take_sign_out(self, request: Request) -> Response:
        """End the session of this browser."""
        fields = await self._read_form(request, "sign-out", self._cookies.session)
        if isinstance(fields, Response):
            return fields
        return await self.end_session(request, None)

    async def end_session(self, request: Request, then: str | None) -> Response:
        """End the session of this browser and go on, or say that it is done."""
        cookie = request.cookies.get(self._cookies.session)

        def end() -> SignedIn | None:
            with self._database.write() as session:
                signed_in = self._sessions.find(session, cookie)
                self._sessions.end(session, cookie)
            return signed_in

        signed_in = await self._threads.run(end)
        if signed_in is not None:
            request.scope[OUTCOME] = outcome_of(IdentityEvent.SIGN_OUT_SUCCEEDED, person=signed_in.user)
        response: Response
        if then is None:
            response = self._message("You are signed out", "You can close this page now.")
        else:
            response = RedirectResponse(then, 303)
        self._cookies.remove(response, self._cookies.session)
        return response

    def _show(self, request: Request, outcome: Outcome) -> Response:
        match outcome:
            case SendBack():
                request.scope[OUTCOME] = outcome.told
                return RedirectResponse(outcome.location, 303, headers={"Cache-Control": "no-store"})
            case AskSignIn():
                request.scope[OUTCOME] = outcome_of(
                    IdentityEvent.REQUEST_ANSWERED, client=outcome.client, sentence="Somebody has to sign in first."
                )
                return RedirectResponse(f"{SIGN_IN_PATH}?{urlencode({'returnUrl': outcome.then.text})}", 303)
            case AskConsent():
                request.scope[OUTCOME] = outcome_of(
                    IdentityEvent.REQUEST_ANSWERED,
                    person=outcome.signed_in.user,
                    client=outcome.client,
                    sentence="The person is asked to allow this first.",
                )
                return self._consent_page(request, outcome)
            case Explain():
                return self._explain(request, outcome)

    def _explain(
        self, request: Request, explained: Explain, event: IdentityEvent = IdentityEvent.AUTHORIZATION_REFUSED
    ) -> Response:
        request.scope[OUTCOME] = outcome_of(
            event, client=explained.client, reason=explained.reason, sentence=explained.sentence
        )
        return self._pages.draw("message.html", explained.status, title=explained.title, sentence=explained.sentence)

    def _message(self, title: str, sentence: str) -> Response:
        return self._pages.draw("message.html", title=title, sentence=sentence)

    def _note_failed_sign_in(
        self, request: Request, result: TryLater | WrongPassword, reason: str, sentence: str
    ) -> None:
        # Whoever was named is not written down: nothing was proved, and passwords are typed into the wrong field.
        request.scope[OUTCOME] = outcome_of(
            IdentityEvent.SIGN_IN_FAILED, organization_id=result.organization_id, reason=reason, sentence=sentence
        )

    def _consent_page(self, request: Request, asked: AskConsent) -> Response:
        cookie = request.cookies.get(self._cookies.session, "")
        redirect_uri = asked.then.fields.get("redirect_uri", "")
        target = form_target_of(redirect_uri)
        return self._pages.draw(
            "consent.html",
            form_targets=[target] if target else [],
            title="Allow access?",
            action=CONSENT_PATH,
            mark=self._sign_in.form_mark("consent", cookie),
            return_url=asked.then.text,
            application=asked.client.name,
            username=asked.signed_in.user.username,
            scopes=asked.scopes,
            destination=origin_of(redirect_uri) or "",
        )

    def _sign_in_page(
        self,
        request: Request,
        address: AuthorizeAddress | None,
        status: int,
        message: str = "",
        form: SignInForm | None = None,
    ) -> Response:
        context = self._flow.context_of(address)
        organizations = self._organizations.all_organizations()
        fixed = context.organization or (organizations[0] if len(organizations) == 1 else None)
        browser = request.cookies.get(self._cookies.browser, "")
        is_new_browser = not (browser.isascii() and browser.isalnum() and len(browser) == 22)
        if is_new_browser:
            browser = random_base62(self._chance, 22)
        target = form_target_of(context.redirect_uri) if context.redirect_uri else None
        response = self._pages.draw(
            "sign_in.html",
            status,
            form_targets=[target] if target else [],
            title="Sign in",
            action=SIGN_IN_PATH,
            mark=self._sign_in.form_mark("sign-in", browser),
            return_url=address.text if address else "",
            application=context.client.name if context.client else "",
            fixed_organization=fixed,
            organization=form.organization_word if form else "",
            username=form.username if form else (address.fields.get("login_hint", "") if address else ""),
            message=message,
        )
        if is_new_browser:
            self._cookies.set(response, self._cookies.browser, browser)
        return response

    async def _read_form(self, request: Request, purpose: str, cookie_name: str) -> dict[str, str] | Response:
        """Return the fields of one of our own forms, or the page that says why they are not taken.

        Another site cannot send one: it knows no mark, the cookie that the mark belongs to stays at home
        (SameSite=Lax), and browsers say where a request comes from.
        """
        try:
            fields = await read_fields(request)
        except OAuthRequestRefused as refused:
            unread = Explain(refused.status, "The form cannot be read", refused.public, refused.error)
            return self._explain(request, unread, EVENT_OF_REFUSED_FORM[purpose])
        comes_from_elsewhere = request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none")
        cookie = request.cookies.get(cookie_name, "")
        is_ours = bool(cookie) and self._sign_in.is_form_mark(fields.get("mark", ""), purpose, cookie)
        if comes_from_elsewhere or not is_ours:
            return self._explain(
                request,
                Explain(
                    400,
                    "Please try again",
                    "This form was not drawn for this browser, or it was open for too long. Allow cookies for this "
                    "server, go back and try again.",
                    "form_refused",
                ),
                EVENT_OF_REFUSED_FORM[purpose],
            )
        return fields


def routes(pages: AuthorizePages) -> list[BaseRoute]:
    """Return the routes of the authorize endpoints of both dialects and of the pages around them."""

    async def authorize_today(request: Request) -> Response:
        return await pages.authorize(request, Dialect.TODAY)

    async def authorize_2019(request: Request) -> Response:
        return await pages.authorize(request, Dialect.ACCOUNT_2019)

    return [
        Route(PATH_OF_DIALECT[Dialect.TODAY], authorize_today, methods=["GET", "POST"]),
        Route(PATH_OF_DIALECT[Dialect.ACCOUNT_2019], authorize_2019, methods=["GET", "POST"]),
        Route(SIGN_IN_PATH, pages.show_sign_in, methods=["GET"]),
        Route(SIGN_IN_PATH, pages.take_sign_in, methods=["POST"]),
        Route(CONSENT_PATH, pages.take_consent, methods=["POST"]),
        Route(SIGN_OUT_PATH, pages.show_sign_out, methods=["GET"]),
        Route(SIGN_OUT_PATH, pages.take_sign_out, methods=["POST"]),
    ]
