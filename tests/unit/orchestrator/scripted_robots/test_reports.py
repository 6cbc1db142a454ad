"""What a scripted job says of itself as a test case."""

from base64 import b64encode

import pytest

from stagedoor.orchestrator.call import Body
from stagedoor.orchestrator.errors import InvalidRequest
from stagedoor.orchestrator.scripted_robots.reports import read_report
from stagedoor.orchestrator.scripted_robots.scripts import read_script

PICTURE = b64encode(b"\x89PNG").decode()


def test_assertions_and_attachments_are_read() -> None:
    report = read_report(
        Body(
            {
                "assertions": [{"message": "Total", "succeeded": False, "screenshot": PICTURE}, {"message": "Name"}],
                "attachments": [{"fileName": "a.txt", "content": PICTURE, "tags": ["x"], "ofTestSet": True}],
            }
        )
    )
    assert [(each.message, each.succeeded, each.screenshot) for each in report.assertions] == [
        ("Total", False, b"\x89PNG"),
        ("Name", True, None),
    ]
    [attachment] = report.attachments
    assert (attachment.file_name, attachment.content, attachment.tags) == ("a.txt", b"\x89PNG", ("x",))
    assert (attachment.mime_type, attachment.is_of_test_set) == ("application/octet-stream", True)


@pytest.mark.parametrize(
    "test",
    [
        {"assertions": {}},
        {"assertions": [{"message": 5}]},
        {"assertions": [{"screenshot": "no base64!"}]},
        {"assertions": [{}] * 101},
        {"attachments": [{"content": PICTURE}]},
        {"attachments": [{"fileName": "a"}]},
        {"attachments": [{"fileName": "a", "content": "A" * 600_000}]},
    ],
)
def test_a_script_with_a_wrong_report_is_refused(test: dict) -> None:
    with pytest.raises(InvalidRequest):
        read_script(Body({"test": test}))


def test_a_script_keeps_its_report() -> None:
    script = read_script(Body({"test": {"assertions": [{"message": "m"}]}}))
    assert read_script(Body(script.to_json())) == script
