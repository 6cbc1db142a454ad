"""The pages for whoever runs the machine: is it alive, is it ready, how is it doing."""

import orjson

from stagedoor.audit.errors import AuditUnavailable
from stagedoor.door.refusals import MethodUnknown, PathUnknown
from stagedoor.door.visit import Visit
from stagedoor.kit.errors import StagedoorError

LOOPBACK = frozenset({"127.0.0.1", "::1"})


class MetricsClosed(StagedoorError):
    """Metrics are shown on the machine itself and to administrators."""

    code = "metrics_closed"
    status = 403
    public = "Metrics are open on the machine itself and to administrators."
    hint = "Ask over the loopback address, or with an administrator's token."


async def answer_operations(visit: Visit) -> None:
    """Answer ``/healthz``, ``/readyz`` and ``/metrics``."""
    if visit.head.method not in ("GET", "HEAD"):
        raise MethodUnknown(headers={"Allow": "GET, HEAD"})
    match visit.place.path:
        case "/healthz":
            await _answer_json(visit, {"status": "ok"})
        case "/readyz":
            await visit.house.threads.run(visit.house.verify_store)
            if not visit.house.audit.is_healthy():
                raise AuditUnavailable
            await _answer_json(visit, {"status": "ready"})
        case "/metrics":
            if visit.head.client_address not in LOOPBACK and not (visit.caller and visit.caller.may_administer):
                raise MetricsClosed
            content_type, body = visit.house.metrics.exposition()
            await visit.answer(200, [(b"content-type", content_type.encode()), _length(body)], body)
        case _:
            raise PathUnknown


async def _answer_json(visit: Visit, content: dict[str, str]) -> None:
    body = orjson.dumps(content)
    headers = [(b"content-type", b"application/json"), (b"cache-control", b"no-store"), _length(body)]
    await visit.answer(200, headers, body)


def _length(body: bytes) -> tuple[bytes, bytes]:
    return b"content-length", str(len(body)).encode()
