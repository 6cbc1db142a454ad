"""The operations that need no credential, and the two that a first run of the vendor's command line makes."""

from stagedoor.orchestrator.call import Answer, Call
from stagedoor.orchestrator.registry import Routes
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


@routes.reads("StudioWeb_TryEnableFirstRun")
def enable_first_run(call: Call) -> Answer:
    """Answer that there is nothing to enable: the embedded Orchestrator is ready as it is."""
    return Answer(content={})


@routes.reads("StudioWeb_AcquireLicense")
def acquire_license(call: Call) -> Answer:
    """Answer that no licence is needed: the embedded Orchestrator counts none."""
    return Answer(content={})
