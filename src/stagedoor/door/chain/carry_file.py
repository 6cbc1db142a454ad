"""The way of files, last step: take the file in, or give it out, whole or in part."""

import re
from email.utils import format_datetime
from mimetypes import guess_type

from stagedoor.door.visit import Visit, known
from stagedoor.gateway.body import declared_length
from stagedoor.gateway.file_bodies import fill_spool, send_pieces, spool
from stagedoor.orchestrator.errors import InvalidRequest
from stagedoor.orchestrator.file_addresses.errors import RangeNotSatisfiable
from stagedoor.orchestrator.file_addresses.permits import WRITE, FilePermit
from stagedoor.orchestrator.file_addresses.traffic import ShownFile
from stagedoor.orchestrator.uploads import attachment_header
from stagedoor.passage import Destination

CONTENT_TYPE_LENGTH_MAX = 255
BINARY = "application/octet-stream"

# RFC 9110, section 14.1.2: one range of bytes, with an end or without, or so many from the end.
_RANGE = re.compile(r"bytes=(?:(\d{1,18})-(\d{1,18})?|-(\d{1,18}))")

# Whoever uploaded it decides what the file says; a browser must not run it as a page of ours.
HARMLESS = [
    (b"content-security-policy", b"sandbox; default-src 'none'; frame-ancestors 'none'"),
    (b"x-content-type-options", b"nosniff"),
    (b"cross-origin-resource-policy", b"same-site"),
    (b"cache-control", b"private, no-store"),
]


async def carry_file(visit: Visit) -> None:
    """Carry out what the permit allows."""
    permit = known(visit.file_permit)
    visit.destination = Destination.EMBEDDED
    visit.sentence = f"By the address that request {permit.request_id} was given."
    if permit.method == WRITE:
        await _take_in(visit, permit)
    else:
        await _give_out(visit, permit)


async def _take_in(visit: Visit, permit: FilePermit) -> None:
    house, head = visit.house, visit.head
    sent = head.headers.get("content-type", "").strip()
    permit.verify_content_type(sent)
    content_type = permit.content_type or sent or guess_type(permit.path)[0] or BINARY
    if len(content_type) > CONTENT_TYPE_LENGTH_MAX or not (content_type.isascii() and content_type.isprintable()):
        raise InvalidRequest("The Content-Type is too long, or is none.", details={"field": "Content-Type"})
    with spool() as upload:
        await fill_spool(
            upload,
            visit.receive,
            declared=declared_length(head.headers.get("content-length")),
            bytes_max=house.settings.limits.file_bytes_max,
            threads=house.threads,
        )
        upload.seek(0)
        kept = await house.threads.run(
            house.orchestrator.file_traffic.accept, permit, known(visit.tenant), upload, content_type
        )
    headers = [(b"etag", f'"{kept.sha256}"'.encode()), (b"content-length", b"0"), (b"cache-control", b"no-store")]
    await visit.answer(201, headers, b"")


async def _give_out(visit: Visit, permit: FilePermit) -> None:
    house = visit.house
    traffic = house.orchestrator.file_traffic
    shown = await house.threads.run(traffic.show, permit, known(visit.tenant))
    sent = visit.head.headers
    # RFC 9110, section 13.1.5: a part of what has changed since is of no use to whoever has the beginning.
    has_changed = sent.get("if-range", shown.etag) != shown.etag
    wanted = None if has_changed else _read_range(sent.get("range", ""), shown.size)
    start, length = wanted or (0, shown.size)
    headers = [*_headers_of(shown, permit), (b"content-length", str(length).encode())]
    if wanted is not None:
        headers.append((b"content-range", f"bytes {start}-{start + length - 1}/{shown.size}".encode()))
    status = 200 if wanted is None else 206
    if visit.head.method == "HEAD":
        await visit.answer(status, headers, b"")
        return
    with await house.threads.run(traffic.open, shown, start) as content:
        await visit.start_answer(status, headers)
        await send_pieces(content, length, visit.send_body, house.threads)


def _headers_of(shown: ShownFile, permit: FilePermit) -> list[tuple[bytes, bytes]]:
    return [
        (b"content-type", shown.content_type.encode("latin-1")),
        (b"content-disposition", attachment_header(permit.path).encode("latin-1")),
        (b"etag", shown.etag.encode()),
        (b"last-modified", format_datetime(shown.modified_at, usegmt=True).encode()),
        (b"accept-ranges", b"bytes"),
        *HARMLESS,
    ]


def _read_range(written: str, size: int) -> tuple[int, int] | None:
    """Return where a part begins and how long it is; ``None`` for the whole, which any other form asks for too."""
    found = _RANGE.fullmatch(written.strip())
    if found is None:
        return None
    first, last, from_end = found.groups()
    if from_end is not None:
        length = min(int(from_end), size)
        start = size - length
    else:
        start = int(first)
        end = size - 1 if last is None else min(int(last), size - 1)
        if last is not None and int(last) < start:
            return None
        length = end - start + 1
    if length <= 0 or start >= size:
        raise RangeNotSatisfiable(headers={"Content-Range": f"bytes */{size}"})
    return start, length
