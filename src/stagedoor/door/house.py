"""One Stagedoor, put together: the only place that knows every room."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import text

from stagedoor.access.verdict import Judge
from stagedoor.admin.app import build_admin
from stagedoor.admin.first_start import FirstStart, first_start
from stagedoor.audit.service import AuditWriter
from stagedoor.catalog import CATALOG
from stagedoor.door.app import DoorApp
from stagedoor.door.chain.strip_forged_headers import TrustedProxies
from stagedoor.door.metrics import Metrics
from stagedoor.door.visit import Receive, Send
from stagedoor.gateway.dispatch import Gateway
from stagedoor.identity.api_users.key_ring import KeyRing
from stagedoor.identity.authenticators.access_key import AccessKeyAuthenticator
from stagedoor.identity.authenticators.chain import Authenticators
from stagedoor.identity.authenticators.local_authority import LocalAuthorityAuthenticator
from stagedoor.identity.organizations.directory import OrganizationDirectory
from stagedoor.kit.chance import Chance, SystemChance
from stagedoor.kit.changes import ChangeFeed
from stagedoor.kit.clock import Clock, SystemClock
from stagedoor.kit.db import Database
from stagedoor.kit.secret import Secret
from stagedoor.kit.settings import Settings
from stagedoor.kit.threads import WorkerThreads
from stagedoor.migrations.upgrade import upgrade_store
from stagedoor.orchestrator.app import Orchestrator
from stagedoor.orchestrator.folders.directory import FolderDirectory
from stagedoor.upstream.forward import Forwarder
