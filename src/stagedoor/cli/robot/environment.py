"""Virtual environments: one for each package version, kept for its next job."""

import hashlib
import os
import shutil
import sys
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from venv import EnvBuilder

from stagedoor.cli.robot.errors import CannotRun
from stagedoor.cli.robot.package import Project
from stagedoor.cli.robot.process import BoundedProcess, Bounds
from stagedoor.kit.clock import Clock

READY = "ready"
INSTALLING = Bounds(seconds=900)
PAUSE_SECONDS = 0.1
LOOK_SECONDS = 1.0
ERROR_LENGTH_MAX = 2_000
INSTALLER_VARIABLES = ("HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "PIP_INDEX_URL")


class Environments:
    """The virtual environments below a directory.

    ``installed`` is a directory of packages that every one of them sees, such as the ``site-packages`` of an
    environment that has them all; then nothing that is there is fetched.
    """

    def __init__(
        self, directory: Path, *, installed: Path | None, clock: Clock, sleep: Callable[[float], None]
    ) -> None:
        self._directory = directory
        self._installed = installed
        self._clock = clock
        self._sleep = sleep
        # Jobs that run at once share environments.
        self._alone = threading.Lock()

    def get_python(self, package: bytes, project: Project, tick: Callable[[], None]) -> Path:
        """Return the Python of a package's environment, made at its first job; raises :class:`CannotRun`.

        ``tick`` is called again and again while that takes its time.
        """
        while not self._alone.acquire(timeout=LOOK_SECONDS):
            tick()
        try:
            return self._get_python(package, project, tick)
        finally:
            self._alone.release()

    def _get_python(self, package: bytes, project: Project, tick: Callable[[], None]) -> Path:
        # By content, so that a version that was deleted and published anew finds nothing of the old one.
        environment = self._directory / hashlib.sha256(package).hexdigest()[:32]
        python = environment / "bin" / "python"
        if not (environment / READY).exists():
            shutil.rmtree(environment, ignore_errors=True)
            EnvBuilder(symlinks=True).create(environment)
            self._install(environment, python, project, tick)
            (environment / READY).touch()
        return python

    def _install(self, environment: Path, python: Path, project: Project, tick: Callable[[], None]) -> None:
        if self._installed is not None:
            [site_packages] = environment.glob("lib/python*/site-packages")
            (site_packages / "installed.pth").write_text(f"{self._installed}\n", encoding="utf-8")
        if not project.dependencies:
            return
        pip = [sys.executable, "-m", "pip", "--python", str(python), "install", "--quiet", "--no-input"]
        process = BoundedProcess(
            [*pip, "--disable-pip-version-check", *project.dependencies],
            directory=environment,
            environment=plain_environment(environment, _passed_on()),
            output=environment / "install.log",
            bounds=INSTALLING,
            clock=self._clock,
        )
        while (code := process.poll()) is None:
            if process.is_overdue:
                process.kill()
                raise CannotRun("Installing what the package needs took too long.")
            self._sleep(PAUSE_SECONDS)
            tick()
        if code != 0:
            said = "\n".join(process.read_lines(to_the_end=True))
            raise CannotRun(f"What the package needs could not be installed.\n{said[-ERROR_LENGTH_MAX:]}")


def plain_environment(home: Path, more: Mapping[str, str]) -> dict[str, str]:
    """Return the variables that a process of ours starts with: nothing of this process's own but what is named."""
    return {
        "PATH": os.defpath,
        "HOME": str(home),
        "LANG": "C.UTF-8",
        "NO_COLOR": "1",
        "TERM": "dumb",
        "PYTHONUNBUFFERED": "1",
        **more,
    }


def _passed_on() -> dict[str, str]:
    both = [*INSTALLER_VARIABLES, *(name.lower() for name in INSTALLER_VARIABLES[:3])]
    return {name: os.environ[name] for name in both if name in os.environ}
