"""Where files are kept in S3, as an operator writes it: ``s3://bucket/prefix?endpoint=https://s3.example.com``."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlsplit

from stagedoor.kit.secret import Secret

REGION = "us-east-1"
OPTIONS = ("endpoint", "region")

_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_PREFIX = re.compile(r"(?:[A-Za-z0-9_-][A-Za-z0-9._-]*(?:/[A-Za-z0-9_-][A-Za-z0-9._-]*)*)?")
_REGION = re.compile(r"[a-z0-9-]{1,64}")


@dataclass(frozen=True, slots=True, kw_only=True)
class S3Address:
    """A bucket, the beginning of the names in it, the server that has it (``None``: Amazon's), and who asks."""

    bucket: str
    prefix: str
    endpoint: str | None
    region: str
    access_key_id: str
    secret_access_key: Secret
    session_token: Secret | None = field(default=None)


def read_s3_address(text: str, environment: Mapping[str, str]) -> S3Address:
    """Read an address, with the credentials from ``AWS_ACCESS_KEY_ID`` and its companions.

    ``region`` and ``endpoint`` may stand there too (``AWS_REGION``, ``AWS_ENDPOINT_URL_S3``); what the address says
    counts more. Credentials are never looked for elsewhere: that would ask servers that nobody named. Raises
    ``ValueError`` for what is no such address, and where credentials are missing.
    """
    parts = urlsplit(text)
    prefix = parts.path.strip("/")
    if parts.scheme != "s3" or not _BUCKET.fullmatch(parts.netloc) or not _PREFIX.fullmatch(prefix) or parts.fragment:
        raise ValueError(f"{text!r} is no place for files such as s3://bucket/prefix?endpoint=https://s3.example.com")
    options = dict(parse_qsl(parts.query, keep_blank_values=True))
    unknown = sorted(options.keys() - set(OPTIONS))
    if unknown:
        raise ValueError(f"a place for files has no option {unknown[0]!r}; it has {' and '.join(OPTIONS)}")
    endpoint = options.get("endpoint") or environment.get("AWS_ENDPOINT_URL_S3") or environment.get("AWS_ENDPOINT_URL")
    region = options.get("region") or environment.get("AWS_REGION") or environment.get("AWS_DEFAULT_REGION") or REGION
    key_id, secret = environment.get("AWS_ACCESS_KEY_ID"), environment.get("AWS_SECRET_ACCESS_KEY")
    if endpoint is not None and not _is_server(endpoint):
        raise ValueError(f"{endpoint!r} is no address of a server such as https://s3.example.com")
    if not _REGION.fullmatch(region):
        raise ValueError(f"{region!r} is no region such as {REGION}")
    if not key_id or not secret:
        raise ValueError("files in S3 need AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY")
    token = environment.get("AWS_SESSION_TOKEN")
    return S3Address(
        bucket=parts.netloc,
        prefix=prefix,
        endpoint=endpoint.rstrip("/") if endpoint else None,
        region=region,
        access_key_id=key_id,
        secret_access_key=Secret(secret),
        session_token=Secret(token) if token else None,
    )


def _is_server(endpoint: str) -> bool:
    parts = urlsplit(endpoint)
    return parts.scheme in ("http", "https") and bool(parts.hostname) and "@" not in parts.netloc and not parts.query
