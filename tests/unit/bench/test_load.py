"""What is read out of the load tool's words."""

import json

import pytest
from bench.load import LoadFailed, read_result


def said(*, requests: int = 500, refused: int = 0, broken: int = 0) -> str:
    found = {"requests": requests, "duration_us": 2_000_000, "p50_us": 150, "p99_us": 900}
    return f"Running 2s test\nBENCH {json.dumps({**found, 'refused': refused, 'broken': broken})}\n"


@pytest.mark.parametrize(
    "output", [said(refused=1), said(broken=1), said(requests=0), "unable to connect"], ids=lambda text: text[-60:]
)
def test_a_run_that_did_not_measure_what_was_meant_fails(output: str) -> None:
    with pytest.raises(LoadFailed):
        read_result(output)
