"""A folder with people who work on tasks."""

import pytest
from tests.factories.orchestrator import Desk
from tests.factories.tasks import Work, work_in


@pytest.fixture
def work(desk: Desk) -> Work:
    return work_in(desk)
