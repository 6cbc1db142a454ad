"""The public face: what is exported, that the twins match, and that the server stays out."""

import inspect
import subprocess
import sys

import anyio
import pytest
from tests.factories.wire import Wire, ok

import stagedoor.client
from stagedoor.client import AppTransport, AsyncStagedoor, Stagedoor


def test_what_is_exported_is_what_is_named() -> None:
    # A module of the package is there as soon as anybody has imported it.
    public = {
        name for name, it in vars(stagedoor.client).items() if not name.startswith("_") and not inspect.ismodule(it)
    }
    assert sorted(public) == sorted(stagedoor.client.__all__)


def methods(kind: type) -> dict[str, inspect.Signature]:
    twins = {"aclose": "close"}
    found = inspect.getmembers(kind, inspect.isfunction)
    return {twins.get(name, name): inspect.signature(it) for name, it in found if not name.startswith("_")}


def test_the_twins_have_the_same_methods() -> None:
    ours, twins = methods(Stagedoor), methods(AsyncStagedoor)
    assert {name: str(it.replace(return_annotation="")) for name, it in ours.items()} == {
        name: str(it.replace(return_annotation="")) for name, it in twins.items()
    }


def test_importing_the_client_leaves_the_server_out() -> None:
    code = (
        "import sys, stagedoor.client; "
        "print(sorted({'sqlalchemy','starlette','fastapi','uvicorn','cryptography','orjson','pydantic','click'}"
        " & {name.partition('.')[0] for name in sys.modules}))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("kind", [Stagedoor, AsyncStagedoor])
def test_the_key_is_never_printed(kind: type) -> None:
    made = kind("http://stagedoor.test/acme/dev", key="sd_canary")
    assert "sd_canary" not in repr(made) + repr(vars(made)) + repr(vars(made._http))


def test_every_verb_sends_its_own_method() -> None:
    wire = Wire(ok({}))
    with Stagedoor("http://stagedoor.test", key="k", **wire.options()) as it:
        (
            it.get("/odata/A"),
            it.post("/odata/A", json={}),
            it.put("/odata/A"),
            it.patch("/odata/A"),
            it.delete("/odata/A"),
        )
        it.request("OPTIONS", "/odata/A")
    assert [request.method for request in wire.sent] == ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]


def test_every_verb_of_the_twin_sends_its_own_method() -> None:
    wire = Wire(ok({}))

    async def call_all() -> None:
        async with AsyncStagedoor("http://stagedoor.test", key="k", **wire.async_options()) as it:
            await it.get("/odata/A")
            await it.post("/odata/A", json={})
            await it.put("/odata/A")
            await it.patch("/odata/A")
            await it.delete("/odata/A")
            await it.request("OPTIONS", "/odata/A")

    anyio.run(call_all)
    assert [request.method for request in wire.sent] == ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]


@pytest.mark.parametrize(
    ("content_type", "content", "value"),
    [
        ("application/json; odata.metadata=minimal", b'{"a": 1}', {"a": 1}),
        ("application/problem+json", b'{"a": 1}', {"a": 1}),
        ("application/json", b"", None),
        ("application/xml", b"<a/>", "<a/>"),
        ("text/plain", "grün".encode(), "grün"),
        ("application/octet-stream", b"\x00\x01", b"\x00\x01"),
    ],
)
def test_content_is_read_by_its_type(content_type: str, content: bytes, value: object) -> None:
    import httpx2

    wire = Wire(httpx2.Response(200, content=content, headers={"Content-Type": content_type}))
    assert Stagedoor("http://stagedoor.test", key="k", **wire.options()).get("/odata/A") == value


class TestAppTransport:
    def test_reaches_an_application_in_this_process(self) -> None:
        seen: list[tuple[str, bytes]] = []

        async def app(scope, receive, send) -> None:  # type: ignore[no-untyped-def]  # ASGI's own shapes
            body = b""
            more = True
            while more:
                message = await receive()
                body += message["body"]
                more = message["more_body"]
            seen.append((scope["path"], body))
            await send(
                {"type": "http.response.start", "status": 201, "headers": [(b"content-type", b"application/json")]}
            )
            await send({"type": "http.response.body", "body": b'{"ok":true}'})

        with Stagedoor("http://here.test", key="k", transport=AppTransport(app)) as stagedoor:
            assert stagedoor.post("/odata/A", json={"a": 1}) == {"ok": True}
            assert stagedoor.post("/odata/B", json=None) == {"ok": True}
        assert seen == [("/odata/A", b'{"a":1}'), ("/odata/B", b"")]

    def test_an_encoded_body_is_decoded_once(self) -> None:
        import gzip

        async def app(scope, receive, send) -> None:  # type: ignore[no-untyped-def]  # ASGI's own shapes
            body = gzip.compress(b'{"ok":true}')
            headers = [
                (b"content-type", b"application/json"),
                (b"content-encoding", b"gzip"),
                (b"content-length", str(len(body)).encode()),
            ]
            await send({"type": "http.response.start", "status": 200, "headers": headers})
            await send({"type": "http.response.body", "body": body})

        with Stagedoor("http://here.test", key="k", transport=AppTransport(app)) as stagedoor:
            assert stagedoor.get("/odata/A") == {"ok": True}
