"""The way of files, attacked: what is tried here is tried by whoever holds one good address and wants more."""

import base64
import json
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import orjson
import pytest
from tests.factories.house import Answered, SmallHouse

from stagedoor.orchestrator.file_addresses.access import file_name_in_address
from stagedoor.orchestrator.file_addresses.permits import FilePermit, sign_permit

JSON = ("content-type", "application/json")
FOLDER = ("x-uipath-organizationunitid", "1")


class Files:
    """A bucket in the shared folder of ``acme/dev``, and addresses of files in it."""

    def __init__(self, small: SmallHouse, number: int) -> None:
        self.small = small
        body = {"Name": f"Files {number}", "Identifier": f"00000000-0000-4000-8000-{number:012}"}
        made = small.ask(
            "POST",
            "/acme/dev/orchestrator_/odata/Buckets",
            [JSON, FOLDER],
            json.dumps(body).encode(),
            key=small.admin_token,
        )
        assert made.status == 201, made.body
        self.bucket = int(made.json()["Id"])

    def address(self, verb: str, path: str, query: str = "", prefix: str = "/acme/dev/orchestrator_") -> str:
        """Ask for an address and return what is behind the host of it."""
        operation = f"UiPath.Server.Configuration.OData.Get{verb}Uri"
        target = f"{prefix}/odata/Buckets({self.bucket})/{operation}?path={path}{query}"
        answer = self.small.ask("GET", target, [FOLDER], key=self.small.admin_token)
        assert answer.status == 200, answer.body
        assert (answer.json()["RequiresAuth"], answer.json()["Verb"]) == (False, {"Read": "GET", "Write": "PUT"}[verb])
        uri = urlsplit(answer.json()["Uri"])
        assert f"{uri.scheme}://{uri.netloc}" == self.small.base_url
        return f"{uri.path}?{uri.query}"

    def put(self, path: str, content: bytes, *headers: tuple[str, str]) -> Answered:
        """Upload a file."""
        return self.small.ask("PUT", self.address("Write", path), headers, content)

    def signed(self, **changes: Any) -> str:
        """Return an address that this house signed, for another permit than it would give."""
        text = parse_qs(urlsplit(self.address("Write", "a.txt")).query)["permit"][0]
        permit = replace(self.small.house.orchestrator.file_traffic.read_permit(text), **changes)
        return address_of(self.small, permit)


def address_of(small: SmallHouse, permit: FilePermit) -> str:
    signed = sign_permit(permit, small.house.sealing_keys.vault)
    return f"/acme/dev/orchestrator_/files_/{file_name_in_address(permit.path)}?permit={signed}"


@pytest.fixture(scope="module")
def files(small: SmallHouse) -> Files:
    return Files(small, 1)


def refused(answer: Answered) -> tuple[int, str]:
    return answer.status, str(answer.json()["stagedoor"]["code"])


class TestForgery:
    def test_an_address_without_a_permit_is_refused(self, small: SmallHouse) -> None:
        assert refused(small.ask("GET", "/acme/dev/orchestrator_/files_/a.txt")) == (403, "file_address_refused")

    def test_another_signature_is_refused(self, files: Files) -> None:
        address = files.address("Write", "a.txt")
        forged = address[:-1] + ("0" if address[-1] != "0" else "1")
        assert refused(files.small.ask("PUT", forged, body=b"x")) == (403, "file_address_refused")

    def test_another_payload_under_a_good_signature_is_refused(self, files: Files) -> None:
        head, _, permit = files.address(
            "Read" if files.put("a.txt", b"x").status != 201 else "Write", "a.txt"
        ).partition("permit=")
        payload, _, signature = permit.partition(".")
        fields = orjson.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
        fields[5] += 3600
        longer = base64.urlsafe_b64encode(orjson.dumps(fields)).rstrip(b"=").decode()
        answer = files.small.ask("PUT", f"{head}permit={longer}.{signature}", body=b"x")
        assert refused(answer) == (403, "file_address_refused")

    @pytest.mark.parametrize("tail", ["&comp=block", "&permit=again", "#x", "%00"])
    def test_anything_added_to_an_address_is_refused(self, files: Files, tail: str) -> None:
        assert refused(files.small.ask("PUT", files.address("Write", "a.txt") + tail, body=b"x"))[0] == 403

    def test_a_signed_permit_of_another_form_is_refused(self, files: Files) -> None:
        vault = files.small.house.sealing_keys.vault
        for payload in ("e30", "W10", "WzEsMl0", "bm90IGpzb24", "A"):
            signature = vault.keyed_hash(f"stagedoor file permit 1\n{payload}")
            answer = files.small.ask("GET", f"/acme/dev/files_/a.txt?permit={payload}.{signature}")
            assert refused(answer) == (403, "file_address_refused")

    def test_what_the_house_hashes_elsewhere_is_no_signature(self, files: Files) -> None:
        head, _, permit = files.address("Write", "a.txt").partition("permit=")
        payload = permit.partition(".")[0]
        bare = files.small.house.sealing_keys.vault.keyed_hash(payload)
        assert refused(files.small.ask("PUT", f"{head}permit={payload}.{bare}", body=b"x"))[0] == 403


class TestOtherUses:
    @pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "DELETE", "PATCH", "OPTIONS"])
    def test_an_address_to_write_does_nothing_else(self, files: Files, method: str) -> None:
        assert files.put("only-written.txt", b"x").status == 201
        answer = files.small.ask(method, files.address("Write", "only-written.txt"))
        assert answer.status == 403
        assert method == "HEAD" or "good for PUT" in answer.json()["message"]

    @pytest.mark.parametrize("method", ["PUT", "POST", "DELETE", "PATCH"])
    def test_an_address_to_read_does_nothing_else(self, files: Files, method: str) -> None:
        assert files.put("only-read.txt", b"x").status == 201
        address = files.address("Read", "only-read.txt")
        assert files.small.ask(method, address, body=b"y").status == 403
        assert files.small.ask("GET", address).body == b"x"

    def test_another_tenant_in_the_address_is_refused(self, files: Files) -> None:
        files.small.make_tenant("files-elsewhere")
        address = files.address("Write", "a.txt")
        for other in ("/acme/files-elsewhere/", "/nobody/dev/", "/acme/nothing/"):
            moved = address.replace("/acme/dev/", other)
            assert refused(files.small.ask("PUT", moved, body=b"x")) == (403, "file_address_refused")

    def test_a_permit_of_another_tenant_finds_no_file_of_this_one(self, files: Files) -> None:
        files.small.make_tenant("files-beside")
        organization = files.small.house.directory.find_organization("acme")
        assert organization is not None
        beside = files.small.house.directory.find_tenant(organization.id, "files-beside")
        assert beside is not None
        address = files.signed(tenant_id=beside.place.tenant_id).replace("/acme/dev/", "/acme/files-beside/")
        assert files.small.ask("PUT", address, body=b"x").status == 404

    def test_another_file_s_name_in_the_address_is_refused(self, files: Files) -> None:
        address = files.address("Write", "a.txt").replace("/a.txt?", "/b.txt?")
        assert refused(files.small.ask("PUT", address, body=b"x")) == (403, "file_address_refused")

    def test_a_file_of_another_type_is_refused_where_the_type_was_named(self, files: Files) -> None:
        address = files.address("Write", "typed.txt", "&contentType=text/plain")
        wrong = files.small.ask("PUT", address, [("content-type", "text/html")], b"<script>")
        assert refused(wrong) == (403, "file_address_refused")
        right = files.small.ask("PUT", address, [("content-type", "Text/Plain; charset=utf-8")], b"x")
        assert right.status == 201

    def test_a_tenant_that_moved_to_another_orchestrator_gives_out_nothing(
        self, files: Files, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        address = files.address("Write", "a.txt")
        directory = files.small.house.directory
        organization = directory.find_organization("acme")
        assert organization is not None
        entry = directory.find_tenant(organization.id, "dev")
        assert entry is not None
        moved = replace(
            entry, place=replace(entry.place, remote_base_url="https://cloud.example.com/a/t/orchestrator_")
        )
        monkeypatch.setattr(directory, "find_tenant_by_id", lambda _: moved)
        answer = files.small.ask("PUT", address, body=b"x")
        assert refused(answer) == (403, "file_address_refused")
        assert "has moved" in answer.json()["message"]

    def test_a_room_that_is_not_there_or_only_read_takes_nothing(self, files: Files) -> None:
        for room in ("no_such_room", "business_rule"):
            assert files.small.ask("PUT", files.signed(room=room), body=b"x").status == 404

    @pytest.mark.parametrize(
        "path", ["../a", "a/../../b", "..", "a/./b", "%2e%2e/a", "..\\a", "a%00b", "a%0ab", "/", "a/"]
    )
    def test_a_path_that_leaves_its_place_gets_no_address(self, files: Files, path: str) -> None:
        target = f"/acme/dev/odata/Buckets({files.bucket})/UiPath.Server.Configuration.OData.GetWriteUri?path={path}"
        answer = files.small.ask("GET", target, [FOLDER], key=files.small.admin_token)
        assert (answer.status, answer.json()["errorCode"]) == (400, 1000)


class TestTime:
    def test_an_address_ends_with_its_time(self, files: Files) -> None:
        address = files.address("Write", "timed.txt", "&expiryInMinutes=1")
        files.small.clock.advance(timedelta(seconds=59))
        assert files.small.ask("PUT", address, body=b"x").status == 201
        files.small.clock.advance(timedelta(seconds=1))
        assert refused(files.small.ask("PUT", address, body=b"y")) == (403, "file_address_expired")

    def test_an_upload_may_be_sent_again_until_then(self, files: Files) -> None:
        address = files.address("Write", "again.txt")
        assert [files.small.ask("PUT", address, body=content).status for content in (b"1", b"2")] == [201, 201]
        assert files.small.ask("GET", files.address("Read", "again.txt")).body == b"2"

    def test_no_address_lasts_more_than_a_week(self, files: Files) -> None:
        address = files.address("Write", "weekly.txt", "&expiryInMinutes=2000000000")
        permit = files.small.house.orchestrator.file_traffic.read_permit(
            parse_qs(address.partition("?")[2])["permit"][0]
        )
        left = permit.expires - files.small.clock.now().timestamp()
        assert left == 7 * 24 * 3600


class TestTraffic:
    def test_what_is_uploaded_is_downloaded_under_every_kind_of_address(self, files: Files) -> None:
        for prefix in ("/acme/dev/orchestrator_", "/acme/dev", "/Acme/DEV"):
            address = files.address("Write", "deep/er/report.csv", prefix=prefix)
            assert address.startswith(f"{prefix}/files_/report.csv?")
            put = files.small.ask("PUT", address, [("x-ms-blob-type", "BlockBlob")], b"a;b\n")
            assert (put.status, put.body, put.headers["content-length"]) == (201, b"", "0")
            got = files.small.ask("GET", files.address("Read", "/deep/er/report.csv", prefix=prefix))
            assert (got.status, got.body, got.headers["content-type"]) == (200, b"a;b\n", "text/csv")
            assert got.headers["etag"] == put.headers["etag"]

    def test_an_address_without_a_tenant_in_it_leads_to_the_permit_s(self, files: Files) -> None:
        address = files.address("Write", "bare.txt").removeprefix("/acme/dev/orchestrator_")
        assert address.startswith("/files_/bare.txt?")
        assert files.small.ask("PUT", address, body=b"x").status == 201

    def test_a_large_file_goes_in_and_out_piece_by_piece(self, files: Files) -> None:
        content = b"0123456789" * 300_000
        assert files.put("large.bin", content).status == 201
        assert files.small.ask("GET", files.address("Read", "large.bin")).body == content

    def test_a_head_tells_the_size_and_sends_nothing(self, files: Files) -> None:
        files.put("head.bin", b"12345")
        answer = files.small.ask("HEAD", files.address("Read", "head.bin"))
        assert (answer.status, answer.headers["content-length"], answer.body) == (200, "5", b"")

    @pytest.mark.parametrize(
        ("wanted", "status", "body", "told"),
        [
            ("bytes=0-3", 206, b"0123", "bytes 0-3/10"),
            ("bytes=8-", 206, b"89", "bytes 8-9/10"),
            ("bytes=-3", 206, b"789", "bytes 7-9/10"),
            ("bytes=-99", 206, b"0123456789", "bytes 0-9/10"),
            ("bytes=5-999", 206, b"56789", "bytes 5-9/10"),
            ("bytes=0-1,4-5", 200, b"0123456789", None),
            ("bytes=5-2", 200, b"0123456789", None),
            ("lines=1-2", 200, b"0123456789", None),
        ],
    )
    def test_a_part_is_sent_where_one_is_asked_for(
        self, files: Files, wanted: str, status: int, body: bytes, told: str | None
    ) -> None:
        files.put("ten.bin", b"0123456789")
        answer = files.small.ask("GET", files.address("Read", "ten.bin"), [("range", wanted)])
        assert (answer.status, answer.body, answer.headers.get("content-range")) == (status, body, told)
        assert answer.headers["content-length"] == str(len(body))

    def test_a_part_of_what_has_changed_since_is_the_whole(self, files: Files) -> None:
        etag = files.put("changing.bin", b"0123456789").headers["etag"]
        address = files.address("Read", "changing.bin")
        asked = [("range", "bytes=8-"), ("if-range", etag)]
        assert files.small.ask("GET", address, asked).body == b"89"
        files.put("changing.bin", b"abcdefghij")
        answer = files.small.ask("GET", address, asked)
        assert (answer.status, answer.body) == (200, b"abcdefghij")

    @pytest.mark.parametrize("wanted", ["bytes=10-", "bytes=99-100", "bytes=-0"])
    def test_a_part_behind_the_end_is_refused(self, files: Files, wanted: str) -> None:
        files.put("ten.bin", b"0123456789")
        answer = files.small.ask("GET", files.address("Read", "ten.bin"), [("range", wanted)])
        assert refused(answer) == (416, "range_not_satisfiable")
        assert answer.headers["content-range"] == "bytes */10"

    def test_a_page_in_a_bucket_is_no_page_of_ours(self, files: Files) -> None:
        files.put("page.html", b"<script>1</script>", ("content-type", "text/html"))
        headers = files.small.ask("GET", files.address("Read", "page.html")).headers
        assert headers["content-security-policy"].startswith("sandbox; default-src 'none'")
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["content-disposition"].startswith("attachment;")

    def test_a_file_that_is_gone_is_not_found(self, files: Files) -> None:
        files.put("gone.txt", b"x")
        address = files.address("Read", "gone.txt")
        target = f"/acme/dev/odata/Buckets({files.bucket})/UiPath.Server.Configuration.OData.DeleteFile?path=gone.txt"
        assert files.small.ask("DELETE", target, [FOLDER], key=files.small.admin_token).status == 204
        assert files.small.ask("GET", address).status == 404

    def test_a_file_beyond_the_limit_is_refused_before_it_is_read(self, files: Files) -> None:
        most = files.small.house.settings.limits.file_bytes_max
        answer = files.small.ask("PUT", files.address("Write", "huge.bin"), [("content-length", str(most + 1))], b"x")
        assert answer.status == 413

    @pytest.mark.parametrize("content_type", ["x" * 256, "text/\x7fplain"])
    def test_a_strange_content_type_is_refused(self, files: Files, content_type: str) -> None:
        assert files.put("strange.txt", b"x", ("content-type", content_type)).status == 400

    def test_a_page_on_loopback_may_upload(self, files: Files) -> None:
        asked = [("origin", "http://localhost:5173"), ("access-control-request-method", "PUT")]
        answer = files.small.ask("OPTIONS", files.address("Write", "a.txt"), asked)
        assert (answer.status, answer.headers["access-control-allow-origin"]) == (204, "http://localhost:5173")


class TestAudit:
    def test_nothing_is_written_that_cannot_be_written_down(
        self, files: Files, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        files.put("audit.txt", b"before")
        write, read = files.address("Write", "audit.txt"), files.address("Read", "audit.txt")
        monkeypatch.setattr(files.small.house.audit, "is_healthy", lambda: False)
        assert refused(files.small.ask("PUT", write, body=b"after")) == (503, "audit_unavailable")
        assert files.small.ask("GET", read).body == b"before"

    def test_a_row_names_the_request_that_was_given_the_address_and_holds_no_permit(self, files: Files) -> None:
        address = files.address("Write", "audited.txt")
        files.small.new_rows()
        files.small.ask("PUT", address, body=b"x")
        files.small.ask("PUT", address[:-1] + "g", body=b"x")
        good, bad = files.small.new_rows()
        assert (good.event, good.method, good.status, good.tenant) == (
            "orchestrator:file:transferred",
            "PUT",
            201,
            "dev",
        )
        assert good.sentence is not None
        assert good.sentence.startswith("By the address that request ")
        assert (bad.status, bad.verdict, bad.reason) == (403, "denied", "file_address_refused")
        for row in (good, bad):
            assert "permit" not in str(row.path)
