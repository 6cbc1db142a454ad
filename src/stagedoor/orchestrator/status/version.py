"""The versions that the embedded Orchestrator tells its clients."""

API_VERSION = "20.0"
"""The version of the vendor's API definition that the catalogue was taken from; header ``api-supported-versions``."""

BUILD_VERSION = "26.3.0.0"
"""A build of the generation that speaks that API (``Build.Version``, ``/api/Status/Version``).

Clients compare it with older ones to choose what they may call; none takes it apart further.
"""

DEPLOYMENT = "Stagedoor"
"""Neither of the vendor's on-premises words, so that clients ask for the scopes that they ask the cloud for."""


def describe_version() -> dict[str, str]:
    """Return what ``/api/Status/Version`` answers, the same for every tenant and before anybody signed in."""
    return {"version": BUILD_VERSION, "deployment": DEPLOYMENT}
