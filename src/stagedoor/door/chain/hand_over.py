"""The last step of the surfaces that are applications of their own: hand the request over to them."""

from stagedoor.door.visit import Step, Visit


def hand_over(surface_application: str) -> Step:
    """Return the step that calls one of the house's applications, by the name of its attribute.

    The application sees the canonical path of its own surface, and in the scope: ``stagedoor.caller``,
    ``stagedoor.request_id``, ``stagedoor.client_address``, and ``stagedoor.organization``, ``stagedoor.tenant`` and
    ``stagedoor.prefix`` (as the address named them). What it leaves there for the audit is kept, whether it answers
    or raises: ``stagedoor.outcome`` (an :class:`~stagedoor.passage.IdentityOutcome`) and ``stagedoor.error``.
    """

    async def hand_to_application(visit: Visit) -> None:
        path = visit.place.path
        scope = {
            **visit.scope,
            "path": path,
            "raw_path": path.encode(),
            "root_path": "",
            "stagedoor.caller": visit.caller,
            "stagedoor.request_id": visit.request_id,
            "stagedoor.client_address": visit.head.client_address,
            "stagedoor.organization": visit.place.organization,
            "stagedoor.tenant": visit.place.tenant,
            "stagedoor.prefix": visit.place.prefix,
        }
        application = getattr(visit.house, surface_application)
        try:
            await application(scope, visit.receive, visit.send)
        finally:
            visit.outcome = scope.get("stagedoor.outcome")
        # An application that drew an error itself leaves it here, for the audit's row.
        if (error := scope.get("stagedoor.error")) is not None:
            visit.reason, visit.sentence = error.code, error.public

    return hand_to_application
