"""Machines' client secrets: recognised by ``sdm_``, they let robots in, for a robot's work alone."""

from datetime import datetime

from stagedoor.identity.authenticators.errors import NotAuthenticated
from stagedoor.identity.organizations.directory import OrganizationDirectory
from stagedoor.kit.logs import get_logger
from stagedoor.orchestrator.machines.directory import MachineDirectory
from stagedoor.orchestrator.machines.service import SECRET_PREFIX
from stagedoor.passage import Allowance, Caller, CallerKind, CredentialKind, GrantTerms

IN_FOLDERS = ("RobotsService_SubmitHeartbeat", "RobotsService_SubmitJobState")
ANYWHERE = ("Logs_SubmitLogs", "Processes_DownloadPackageByKey")
"""What no folder bounds: packages lie in feeds, and lines name their job. Those who carry it out look whether that job
is the machine's."""

_log = get_logger("stagedoor.identity")


class MachineSecretAuthenticator:
    """Let the robots of a machine do their work in the folders that the machine is assigned to."""

    def __init__(self, machines: MachineDirectory, organizations: OrganizationDirectory) -> None:
        self._machines = machines
        self._organizations = organizations

    def authenticate(self, presented: str, now: datetime) -> Caller | None:
        """Return a robot of the machine, ``None`` for what is no such secret; raises :class:`NotAuthenticated`."""
        if not presented.startswith(SECRET_PREFIX):
            return None
        machine = self._machines.find_by_secret(presented)
        tenant = None if machine is None else self._organizations.find_tenant_by_id(machine.tenant_id)
        if machine is None or tenant is None:
            _log.warning("machine_secret_refused")
            raise NotAuthenticated(internal="a client secret of no machine")
        tenant_id = machine.tenant_id
        in_folders = Allowance(IN_FOLDERS, machine.folder_keys, tenant_id)
        anywhere = Allowance(ANYWHERE, None, tenant_id)
        return Caller(
            kind=CallerKind.API_USER,
            id=str(machine.machine_id),
            name=f"robots of {machine.name}",
            organization_id=tenant.place.organization_id,
            credential_kind=CredentialKind.MACHINE_SECRET,
            credential_id=f"machine-{machine.machine_id}",
            # Whoever may make machines, and may not place one, has made nothing that opens anything.
            terms=GrantTerms((in_folders, anywhere) if machine.folder_keys else ()),
            tenant_ids=frozenset({tenant_id}),
            may_make_credentials=False,
        )
