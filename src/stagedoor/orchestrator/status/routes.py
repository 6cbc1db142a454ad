"""The operations around whether something serves, and the two that a first run of the vendor's command line makes."""

from stagedoor.orchestrator.call import Answer, Call
from stagedoor.orchestrator.errors import InvalidRequest
from stagedoor.orchestrator.outreach import read_url
from stagedoor.orchestrator.registry import Basis, Routes
from stagedoor.orchestrator.status.version import describe_version

routes = Routes()


@routes.reads("Status_Get")
def is_serving(call: Call) -> Answer:
    """Answer 200 with nothing in it: the Orchestrator serves."""
    return Answer()


@routes.reads("Status_GetVersion")
def show_version(call: Call) -> Answer:
    """Answer the version and the kind of deployment, by which the vendor's command line chooses its scopes."""
    return Answer(content=describe_version())


@routes.reads(
    "Status_VerifyHostAvailibility",
    basis=Basis.GUESS,
    note="A connection is opened and closed at once; why it failed is told in a few words that give no network away.",
)
def verify_host(call: Call) -> Answer:
    """Answer whether something listens at a URL, as a webhook would find it."""
    url = call.query.get("url", "").strip()
    try:
        read_url(url)
    except ValueError:
        raise InvalidRequest("The url must be an http or https URL.", details={"field": "url"}) from None
    outcome = call.outreach.connect(url)
    return Answer(
        content={
            "canConnect": outcome.problem is None,
            "hasBadSsl": outcome.has_bad_certificate,
            "connectionError": outcome.problem,
        }
    )


@routes.reads("StudioWeb_TryEnableFirstRun")
def enable_first_run(call: Call) -> Answer:
    """Answer that there is nothing to enable: the embedded Orchestrator is ready as it is."""
    return Answer(content={})


@routes.reads("StudioWeb_AcquireLicense")
def acquire_license(call: Call) -> Answer:
    """Answer that no licence is needed: the embedded Orchestrator counts none."""
    return Answer(content={})
