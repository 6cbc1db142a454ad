import pytest

from stagedoor.kit.s3_address import S3Address, read_s3_address
from stagedoor.kit.secret import Secret
from stagedoor.kit.settings import settings_from_environment

KEYS = {"AWS_ACCESS_KEY_ID": "id", "AWS_SECRET_ACCESS_KEY": "canary-s3"}


def plain(**more: object) -> S3Address:
    shared = {"prefix": "", "endpoint": None, "region": "us-east-1", "access_key_id": "id"}
    return S3Address(**{"bucket": "files", **shared, "secret_access_key": Secret("canary-s3"), **more})  # type: ignore[arg-type]  # checked by comparison


@pytest.mark.parametrize(
    ("text", "environment", "address"),
    [
        ("s3://files", {}, plain()),
        ("s3://files/", {"AWS_REGION": "eu-west-1"}, plain(region="eu-west-1")),
        ("s3://files/a/b.c/", {"AWS_DEFAULT_REGION": "eu-west-2"}, plain(prefix="a/b.c", region="eu-west-2")),
        ("s3://files?region=x-1", {"AWS_REGION": "eu-west-1"}, plain(region="x-1")),
        ("s3://files?endpoint=http://h:9000/", {}, plain(endpoint="http://h:9000")),
        (
            "s3://files",
            {"AWS_ENDPOINT_URL": "https://h", "AWS_ENDPOINT_URL_S3": "https://s"},
            plain(endpoint="https://s"),
        ),
        ("s3://files", {"AWS_SESSION_TOKEN": "t"}, plain(session_token=Secret("t"))),
    ],
)
def test_an_address_is_read_with_what_stands_in_the_environment(
    text: str, environment: dict[str, str], address: S3Address
) -> None:
    assert read_s3_address(text, {**KEYS, **environment}) == address


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            "files",
            "s3://",
            "s3://F",
            "s3://a",
            "https://files",
            "s3://files/../x",
            "s3://files/a//b",
            "s3://files/a b",
        ),
        *(
            "s3://id:secret@files",
            "s3://files#x",
            "s3://files?color=red",
            "s3://files?region=A",
            "s3://files?endpoint=h",
        ),
        *("s3://files?endpoint=ftp://h", "s3://files?endpoint=https://id:secret@h", "s3://files?endpoint=https://h?x"),
    ],
)
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(ValueError):  # each says something else
        read_s3_address(text, KEYS)


@pytest.mark.parametrize("name", sorted(KEYS))
def test_credentials_have_to_be_there(name: str) -> None:
    with pytest.raises(ValueError, match="AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"):
        read_s3_address("s3://files", {**KEYS, name: ""})


def test_settings_hold_the_address_and_show_no_secret() -> None:
    settings = settings_from_environment({"STAGEDOOR_FILES": "s3://files/a", **KEYS})
    assert settings.files == plain(prefix="a")
    assert "canary-s3" not in repr(settings)
    assert settings_from_environment({}).files is None
