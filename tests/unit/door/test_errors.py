"""An error as an answer of the Orchestrator: which of the vendor's numbers stands for what the door itself refuses."""

import json

import pytest

from stagedoor.catalog.errors import QueryRefused
from stagedoor.door.errors import Dialect, draw_error
from stagedoor.door.refusals import FolderUnknown, HeadTooLarge, MalformedHead, OperationUnknown
from stagedoor.gateway.errors import BodyTooLarge
from stagedoor.kit.errors import StagedoorError


@pytest.mark.parametrize(
    ("error", "status", "error_code"),
    [
        (MalformedHead(), 400, 1000),
        (BodyTooLarge(), 413, 1000),
        (QueryRefused(status=414), 414, 1000),
        (HeadTooLarge(), 431, 1000),
        (FolderUnknown(), 404, 1100),
        (OperationUnknown(), 404, 0),
        (StagedoorError(), 500, 0),
    ],
)
def test_what_the_door_refuses_has_the_vendors_number(error: StagedoorError, status: int, error_code: int) -> None:
    drawn = draw_error(error, Dialect.ORCHESTRATOR, "0" * 32)
    assert (drawn.status, json.loads(drawn.body)["errorCode"]) == (status, error_code)
