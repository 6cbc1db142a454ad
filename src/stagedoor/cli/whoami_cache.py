"""The last answer to "who am I", kept for a few minutes so that a shell prompt may ask each time."""

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from stagedoor.kit.private_file import write_private

LIFETIME = timedelta(minutes=5)


class WhoAmICache:
    """One profile's answer; it holds names and rights, no secret."""

    def __init__(self, directory: Path, profile: str) -> None:
        self._path = directory / "cache" / f"whoami-{profile}.json"

    def find(self, now: datetime) -> tuple[dict[str, Any], datetime] | None:
        """Return the answer and when it was read, while it is fresh; ``None`` when it is old or unreadable."""
        try:
            stored = json.loads(self._path.read_text(encoding="utf-8"))
            read_at = datetime.fromisoformat(stored["read_at"])
            if timedelta(0) <= now - read_at < LIFETIME and isinstance(stored["answer"], dict):
                return stored["answer"], read_at
        except (OSError, ValueError, KeyError, TypeError):
            return None
        return None

    def keep(self, answer: dict[str, Any], now: datetime) -> None:
        """Keep an answer."""
        write_private(self._path, json.dumps({"read_at": now.isoformat(), "answer": answer}))

    def forget(self) -> None:
        """Drop what is kept."""
        self._path.unlink(missing_ok=True)
