"""A step for surfaces that read whole bodies: never more of one than the surface takes."""

from stagedoor.door.visit import Message, Step, Visit
from stagedoor.gateway.body import declared_length
from stagedoor.gateway.errors import BodyTooLarge


def bound_body(limit_name: str) -> Step:
    """Return the step that holds bodies to one of the limits of ``kit.settings.Limits``, by its name."""

    def bound(visit: Visit) -> None:
        bytes_max: int = getattr(visit.house.settings.limits, limit_name)
        declared = declared_length(visit.head.headers.get("content-length"))
        if declared is not None and declared > bytes_max:
            raise BodyTooLarge
        receive, size = visit.receive, 0

        async def counted() -> Message:
            nonlocal size
            message = await receive()
            size += len(message.get("body", b""))
            if size > bytes_max:
                raise BodyTooLarge
            return message

        visit.receive = counted

    return bound
