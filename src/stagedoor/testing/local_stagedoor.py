"""A whole Stagedoor in the test's process, on a loopback port: what the fixture ``stagedoor`` gives."""

import asyncio
import shutil
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from stagedoor.admin.first_start import first_start
from stagedoor.admin.sealing.service import open_sealing_keys
from stagedoor.client import Stagedoor
from stagedoor.door.house import House
from stagedoor.door.listening import listen
from stagedoor.door.server import HouseServer, server_config
from stagedoor.identity.api_users.schemas import AccessKeyOrder
from stagedoor.identity.api_users.service import AccessKeys
from stagedoor.identity.oauth_clients.schemas import NewApplication
from stagedoor.identity.passwords import Passwords
from stagedoor.kit.chance import SystemChance, random_base62
from stagedoor.kit.db import Database
from stagedoor.kit.file_place import FILES_DIRECTORY
from stagedoor.kit.files import LocalFiles
from stagedoor.kit.master_key_source import key_source
from stagedoor.kit.secret import Secret
from stagedoor.kit.settings import Settings
from stagedoor.orchestrator.call import Body
from stagedoor.orchestrator.folders.store import find_folder_by_path
from stagedoor.orchestrator.scripted_robots.scripts import Ending, SoftStop, read_script
from stagedoor.orchestrator.scripted_robots.service import Condition, delete_rules, set_rule
from stagedoor.passage import Allowance, GrantTerms
from stagedoor.testing.control import Control
from stagedoor.testing.faults import Faults
from stagedoor.testing.faulty_door import FaultyDoor, SeverableProtocol
from stagedoor.testing.moved_clock import MovedClock
from stagedoor.testing.prepared_store import START, copy_prepared_store
from stagedoor.testing.replayed_chance import ReplayedChance
from stagedoor.testing.seed_file import read_seed
from stagedoor.testing.seeding import plant_seed, verify_seed

SEED = 1
START_SECONDS_MAX = 30.0
AUTHORITY_LENGTH = 48


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Everything that a server held at one moment: its store, its files, the time and the state of chance."""

    store: bytes
    files: Path
    moment: datetime
    chance: tuple[Any, ...]


class LocalStagedoor:
    """A server for tests, with an organization, a tenant, the folder ``Shared`` and an access key that may do all.

    ``base_url`` is its origin and ``url`` that of the tenant; ``access_key`` opens everything in it. ``clock`` stands
    still until it is moved, ``faults`` are what goes wrong. What is said of one test holds until :meth:`reset`.

    Its methods are for one thread at a time. They wait for requests that are under way, and raise ``TimeoutError``
    for those that do not end within ten seconds.
    """

    def __init__(self, directory: Path, *, port: int = 0) -> None:
        self._directory = directory
        self._data = directory / "data"
        facts = copy_prepared_store(self._data)
        self._authority = Secret(random_base62(SystemChance(), AUTHORITY_LENGTH))
        self.access_key = facts.access_key
        self._facts = facts
        self._chance = ReplayedChance(SEED)
        self.clock = MovedClock(START, self._do_what_is_due)
        self.faults = Faults(SEED)
        self._listener = listen(Settings(data_dir=self._data, port=port))
        try:
            self._settings = Settings(data_dir=self._data, port=self._listener.getsockname()[1])
            self._database = Database(self._settings.store_url)
            self._sealing_keys = open_sealing_keys(self._database, key_source(self._settings), self.clock, self._chance)
            self._passwords = Passwords(self._chance)
            self._made = first_start(
                self._database,
                data_dir=self._data,
                clock=self.clock,
                chance=self._chance,
                vault=self._sealing_keys.vault,
                passwords=self._passwords,
            )
            self._house = self._open_house()
            self._serve()
        except BaseException:
            self._listener.close()
            raise
        self._is_changed = False
        self._chance.start_from(SEED)
        self._beginning = self.snapshot()

    @property
    def base_url(self) -> str:
        """The server's origin, such as ``http://127.0.0.1:43125``."""
        return self._settings.base_url

    @property
    def url(self) -> str:
        """The tenant's address, as the vendor's tools want it in ``UIPATH_URL``."""
        return f"{self.base_url}/{self.organization}/{self.tenant}"

    @property
    def orchestrator_url(self) -> str:
        """The address in front of ``/odata`` and ``/api``."""
        return f"{self.url}/orchestrator_"

    @property
    def organization(self) -> str:
        """The organization's logical name."""
        return self._made.organization

    @property
    def tenant(self) -> str:
        """The tenant's logical name."""
        return self._made.tenant

    @property
    def folder(self) -> str:
        """The path of the folder that is there from the start."""
        return self._made.folder or ""

    @property
    def admin_password(self) -> str:
        """The sign-in password of the user ``admin``."""
        return "" if self._made.admin_password is None else self._made.admin_password.reveal()

    def environment(self, key: str | None = None, *, folder: str | None = None) -> dict[str, str]:
        """Return the variables with which the vendor's tools reach this server, with the key that may do all or yours.

        ``folder`` is a path; without one, the folder that is there from the start.
        """
        return {
            "UIPATH_URL": self.url,
            "UIPATH_ACCESS_TOKEN": self.access_key if key is None else key,
            "UIPATH_FOLDER_PATH": self.folder if folder is None else folder,
            "UIPATH_ORGANIZATION_ID": self._facts.organization_id,
            "UIPATH_TENANT_ID": self._facts.tenant_id,
            "UIPATH_TENANT_NAME": self.tenant,
            "UIPATH_TELEMETRY_ENABLED": "false",
        }

    def key(
        self,
        allow: list[str] | tuple[str, ...],
        *,
        folders: list[str] | tuple[str, ...] | None = None,
        name: str = "made by a test",
        expires_at: datetime | None = None,
    ) -> str:
        """Make an access key that may do this and nothing else, and return it.

        ``allow`` holds operation ids, ``tag:…``, ``scope:…``, ``permission:…``, ``role:…`` or ``all``; ``folders`` are
        paths, with everything below. Raises :class:`~stagedoor.access.errors.UnknownSelector` for a word that means
        nothing and ``LookupError`` for a folder that is not there.
        """
        house = self._house
        words = tuple(dict.fromkeys(allow))
        with house.database.write() as session:
            folder_keys: list[str] | None = None if folders is None else []
            for path in folders or ():
                folder = find_folder_by_path(session, self._facts.tenant_id, path)
                if folder is None:
                    raise LookupError(f"there is no folder {path!r}")
                folder_keys = [*(folder_keys or ()), folder.key]
            keys = None if folder_keys is None else tuple(folder_keys)
            house.judge.grants.verify(GrantTerms(allowances=(Allowance(words, keys),)))
            order = AccessKeyOrder(
                organization_id=self._facts.organization_id,
                tenant_id=self._facts.tenant_id,
                name=name,
                allow=words,
                created_by="tests",
                folder_keys=keys,
                expires_at=expires_at,
            )
            issued = AccessKeys(self._sealing_keys.vault, self.clock, self._chance).create_key(session, order)
        house.changes.catch_up()
        self._is_changed = True
        return issued.key.reveal()

    def application(self, scopes: list[str] | tuple[str, ...], *, name: str = "made by a test") -> dict[str, str]:
        """Register an external application with these scopes; return its ``client_id`` and ``client_secret``.

        Raises :class:`~stagedoor.identity.oauth_clients.errors.ExternalApplicationRefused` for an unknown scope.
        """
        applications, organization_id = self._house.oauth.applications, self._facts.organization_id
        order = NewApplication(name=name, is_confidential=True, application_scopes=tuple(scopes))
        with self._house.database.write() as session:
            client = applications.create(session, organization_id, order)
            _, secret = applications.generate_secret(session, organization_id, client.id)
        self._house.changes.catch_up()
        self._is_changed = True
        return {"client_id": client.id, "client_secret": secret.reveal()}

    def seed(self, content: Mapping[str, Any] | str | Path) -> None:
        """Make what a seed says, or what the seed file at a path says, by the operations themselves.

        Raises :class:`~stagedoor.testing.errors.SeedRefused`; the guide says what a seed may hold.
        """
        seed = read_seed(Path(content)) if isinstance(content, str | Path) else content
        verify_seed(seed)
        self._is_changed = True
        place = f"{self.organization}/{self.tenant}"
        with Stagedoor(self.base_url, key=self._authority, tenant=place) as client:
            plant_seed(seed, client)

    def script(
        self,
        process: str = "*",
        *,
        ends: Ending | str = Ending.SUCCEED,
        reason: str | None = None,
        returns: Mapping[str, Any] | None = None,
        waits: timedelta | None = None,
        runs: timedelta | None = None,
        logs: Iterable[str | tuple[str, str]] = (),
        on_stop: SoftStop | str = SoftStop.STOP,
        when: Mapping[str, Any] | None = None,
        **more: Any,
    ) -> None:
        """Let jobs of the processes that fit ``process`` follow a script from now on; ``*`` stands for anything.

        ``ends`` is ``succeed``, ``fault`` (with the exception ``reason``), ``hang`` or ``suspend``; ``returns`` what
        a job gives back, and without it its own input; ``waits`` and ``runs`` how long it is Pending and Running;
        ``logs`` the lines that it writes, each a text or a pair of level and text; ``on_stop`` whether it stops when
        asked to, does ``finish`` or does ``ignore``. ``when`` names one argument and its value, and narrows the rule
        to jobs whose input has it. ``more`` are other members of a script, as the guide names them.

        A rule for the same processes and the same argument is replaced; the newest is asked first. Raises
        :class:`~stagedoor.orchestrator.errors.InvalidRequest` for what is no script.
        """
        lines = [("Info", line) if isinstance(line, str) else line for line in logs]
        given: dict[str, Any] = {
            "ending": str(ends),
            "reason": reason,
            "output": None if returns is None else dict(returns),
            "pendingSeconds": None if waits is None else waits.total_seconds(),
            "runningSeconds": None if runs is None else runs.total_seconds(),
            "softStop": str(on_stop),
            "logs": [{"level": level, "message": message} for level, message in lines],
            **more,
        }
        script = read_script(Body(given))
        condition = None
        if when is not None:
            [(name, value)] = when.items()
            condition = Condition(name, value)
        self._is_changed = True
        with self._house.database.write() as session:
            set_rule(session, self._facts.tenant_id, process, script, condition=condition)

    def clear_scripts(self) -> None:
        """Take every rule away, the one of ``InvoiceBot`` too: all jobs wait a second, run two and succeed."""
        self._is_changed = True
        with self._house.database.write() as session:
            delete_rules(session, self._facts.tenant_id)

    def start_chance_from(self, seed: int) -> None:
        """Draw every identifier and secret from this seed on, so that they are the same in each run."""
        self._is_changed = True
        self._chance.start_from(seed)

    def rotate_signing_keys(self) -> str:
        """Sign tokens with a new key from now on and return its ``kid``; what was signed before stays valid."""
        self._is_changed = True
        return self._house.oauth.signing_keys.rotate_now()

    def snapshot(self) -> Snapshot:
        """Return everything that the server holds now, to go back to."""
        with self._standing_still():
            self._house.upkeep.write_notes()
            self._house.audit.flush()
            files = Path(mkdtemp(dir=self._directory, prefix="files-"))
            LocalFiles(self._data / FILES_DIRECTORY).copy_all(files)
            connection = sqlite3.connect(self._store_path)
            try:
                store = connection.serialize()
            finally:
                connection.close()
            return Snapshot(store, files, self.clock.now(), self._chance.mark())

    def restore(self, snapshot: Snapshot) -> None:
        """Go back to a snapshot: keys, tokens, time and chance too. Faults stay as they are ordered."""
        with self._standing_still():
            self._house.close()
            self._put_back(snapshot)
            self._house = self._open_house(self._house)
        self._is_changed = True

    def begin_here(self) -> None:
        """Let :meth:`reset` go back to this moment from now on."""
        self._beginning = self.snapshot()
        self._door.was_used = self._is_changed = False

    def reset(self) -> None:
        """Go back to the beginning, without faults; does next to nothing where nothing has happened."""
        self.faults.clear()
        if self._is_changed or self._door.was_used or self.clock.now() != self._beginning.moment:
            self.restore(self._beginning)
        self._door.was_used = self._is_changed = False

    def close(self) -> None:
        """Stop answering and give everything back."""
        self._server.should_exit = True
        self._thread.join()
        self._listener.close()
        self._house.close()
        shutil.rmtree(self._directory, ignore_errors=True)

    @property
    def _store_path(self) -> Path:
        return self._data / "stagedoor.db"

    def _open_house(self, former: House | None = None) -> House:
        house = House(
            self._settings,
            database=self._database,
            sealing_keys=self._sealing_keys,
            clock=self.clock,
            chance=self._chance,
            passwords=self._passwords,
            first_start=self._made,
            local_authority=self._authority,
        )
        if former is not None:
            # Opening one takes longer than all the rest of going back.
            house.oauth.signing_keys.keep_open(former.oauth.signing_keys)
        house.load()
        return house

    def _put_back(self, snapshot: Snapshot) -> None:
        for suffix in ("-wal", "-shm"):
            self._store_path.with_name(self._store_path.name + suffix).unlink(missing_ok=True)
        self._store_path.write_bytes(snapshot.store)
        files = self._data / FILES_DIRECTORY
        shutil.rmtree(files, ignore_errors=True)
        LocalFiles(snapshot.files).copy_all(files)
        # How much of a key's rate and quota is used up; it begins anew.
        shutil.rmtree(self._data / "limits", ignore_errors=True)
        self.clock.set_back(snapshot.moment)
        self._chance.go_back_to(snapshot.chance)

    def _do_what_is_due(self) -> None:
        self._house.orchestrator.attend_to_duties()
        self._house.changes.catch_up()

    @contextmanager
    def _standing_still(self) -> Iterator[None]:
        asyncio.run_coroutine_threadsafe(self._door.stand_still(), self._loop).result()
        try:
            yield
        finally:
            asyncio.run_coroutine_threadsafe(self._door.go_on(self._house), self._loop).result()

    def _serve(self) -> None:
        is_up = threading.Event()
        self._door = FaultyDoor(self._house, self.faults, self.clock, Control(self))
        config = server_config(self._house, app=self._door)
        config.http, config.lifespan = SeverableProtocol, "off"
        self._server = HouseServer(config, is_up.set)

        async def serve() -> None:
            self._loop = asyncio.get_running_loop()
            await self._server.serve(sockets=[self._listener])
            await self._door.close()

        def run() -> None:
            with asyncio.Runner(loop_factory=config.get_loop_factory()) as runner:
                runner.run(serve())

        self._thread = threading.Thread(target=run, name="stagedoor-for-tests", daemon=True)
        self._thread.start()
        if not is_up.wait(START_SECONDS_MAX):
            raise TimeoutError("the server for tests did not come up")


def start_locally(directory: Path, *, port: int = 0) -> LocalStagedoor:
    """Start a server whose data lie in a directory of its own, and go with it when it is closed."""
    return LocalStagedoor(Path(mkdtemp(dir=directory, prefix="stagedoor-")), port=port)
