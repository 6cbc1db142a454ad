"""The vendor's own document of its API, where it lies beside this checkout; it is no part of the project."""

from pathlib import Path
from typing import Any

import pytest
import yaml

DOCUMENT = Path(__file__).parents[2].parent / "shared" / "orchestrator-api" / "orchestrator.yaml"

needs_document = pytest.mark.skipif(
    not DOCUMENT.is_file(), reason=f"the vendor's document is not beside this checkout ({DOCUMENT})"
)


def read_document() -> dict[str, Any]:
    """Return the document as it is."""
    document: dict[str, Any] = yaml.load(
        DOCUMENT.read_text("utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    )
    return document
