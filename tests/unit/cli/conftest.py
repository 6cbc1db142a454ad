"""A terminal for each test."""

from pathlib import Path

import pytest
from tests.factories.command_line import CommandLine


@pytest.fixture
def command_line(tmp_path: Path) -> CommandLine:
    """A terminal where nobody is signed in."""
    return CommandLine(tmp_path / "config")


@pytest.fixture
def with_key(command_line: CommandLine) -> CommandLine:
    """A terminal with an access key in its environment."""
    command_line.environment |= {
        "STAGEDOOR_KEY": "sd_canary",
        "STAGEDOOR_URL": "http://stagedoor.test",
        "STAGEDOOR_TENANT": "acme/dev",
    }
    return command_line
