"""Where the gateways stand that Python packages carry: in an environment of their own, beside the project's."""

from pathlib import Path

BINARIES = Path(__file__).parents[2] / ".venv-bench" / "bin"
