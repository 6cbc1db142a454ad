"""``stagedoor connect``: connect an Orchestrator that exists elsewhere."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from stagedoor.cli.connect_words import KINDS, SECRET_NAMES, verify_given
from stagedoor.cli.failure import CommandFailed
from stagedoor.cli.options import common_options, data_dir_option, pass_session
from stagedoor.cli.output import echo_json
from stagedoor.cli.session import Session
from stagedoor.cli.several_words import CommandWithSeveralWords, SeveralWords

if TYPE_CHECKING:
    from stagedoor.client import ConnectionFacts, ConnectionTerms, Stagedoor, TrialReport

PORT_MAX = 65535
REASONS_SHOWN = 4


@click.command(
    cls=CommandWithSeveralWords,
    epilog="""\b
KIND is what Stagedoor signs in with over there
  app        an external application: --client-id and its secret (Automation Cloud, Automation Suite)
  person     somebody who signs in now, in the browser: --client-id of an application for people
  user-key   a user key of 2019: --client-id and the key
  pat        a personal access token, or an access key of another Stagedoor
  password   a local user of an on-premises Orchestrator: --username and the password

\b
Examples:
  stagedoor connect prod --kind app --url https://cloud.uipath.com/acme/prod --client-id 8f… \\
    --scope OR.Jobs OR.Queues OR.Folders --as acme/prod
  pass show orch | stagedoor connect prod --kind pat --url https://cloud.uipath.com/acme/prod --secret-stdin
  stagedoor connect ada --kind person --url https://cloud.uipath.com/acme/prod --client-id 36d…
  stagedoor connect onprem --kind password --url https://orchestrator.example --username svc --upstream acme/Default
""",
)
@click.argument("name")
@click.option("--kind", type=click.Choice(KINDS), required=True, help="What to sign in with; see below.")
@click.option("--url", required=True, metavar="URL", help="The Orchestrator, as in the browser's address bar.")
@click.option("--client-id", metavar="ID", help="Of kind app, person and user-key.")
@click.option("--username", metavar="NAME", help="Of kind password.")
@click.option("--secret-stdin", is_flag=True, help="Read the secret from standard input; else it is asked for, unseen.")
@click.option("--upstream", metavar="ORG/TENANT", help="Organization and tenant there, where the URL names none.")
@click.option("--as", "tenant", metavar="ORG/TENANT", help="Send this tenant of ours there; made if there is none.")
@click.option("--scope", "scopes", cls=SeveralWords, metavar="SCOPE…", help="The scopes to ask for.")
@click.option("--identity-url", metavar="URL", help="The token endpoint, where --url leads to a wrong one.")
@click.option(
    "--ca-file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Certificates (PEM) of the only authorities to trust there.",
)
@click.option("--proxy", "proxy_url", metavar="URL", help="The HTTP proxy on the way there.")
@click.option("--keep-anyway", is_flag=True, help="Keep the connection even when it does not work.")
@click.option("--no-browser", is_flag=True, help="Of kind person: take the address that the browser ended on by hand.")
@click.option(
    "--redirect-port",
    type=click.IntRange(0, PORT_MAX),
    default=0,
    help="Of kind person, where the application knows only http://127.0.0.1:PORT/callback.",
)
@data_dir_option
@common_options
@pass_session
def connect(
    session: Session,
    name: str,
    kind: str,
    url: str,
    client_id: str | None,
    username: str | None,
    upstream: str | None,
    tenant: str | None,
    scopes: tuple[str, ...],
    identity_url: str | None,
    ca_file: Path | None,
    proxy_url: str | None,
    data_dir: Path | None,
    redirect_port: int,
    *,
    secret_stdin: bool,
    keep_anyway: bool,
    no_browser: bool,
) -> None:
    """Connect an Orchestrator that exists elsewhere.

    The connection, called NAME, is tried before it is kept: each step is said in plain words, and where one fails,
    what to do. What does not work is not kept and exits with 1.

    The secret is asked for unseen, or piped in with --secret-stdin; it is kept encrypted and never shown again.
    """
    from dataclasses import replace

    from stagedoor.cli.secret_input import read_secret
    from stagedoor.cli.upstream_sign_in import sign_in_upstream
    from stagedoor.client import ConnectionTerms

    verify_given(kind, {"client_id": client_id, "username": username})
    terms = ConnectionTerms(
        name=name,
        kind=kind,
        url=url,
        client_id=client_id,
        username=username,
        scope=" ".join(part for word in scopes for part in word.split(",") if part) or None,
        identity_url=identity_url,
        upstream=upstream,
        tenant=tenant,
        ca_pem=_read_certificates(ca_file),
        proxy_url=proxy_url,
    )
    with session.administrator(data_dir) as client:
        if kind == "person" and not secret_stdin:
            code = sign_in_upstream(session, client, terms, port=redirect_port, no_browser=no_browser)
            facts, report = _keep_then_try(session, client, replace(terms, secret=code), keep_anyway=keep_anyway)
        else:
            terms = replace(terms, secret=read_secret(SECRET_NAMES[kind], from_stdin=secret_stdin))
            # A refresh token that rotates is good once: trying it before it is kept would use it up.
            go = _keep_then_try if kind == "person" else _try_then_keep
            facts, report = go(session, client, terms, keep_anyway=keep_anyway)
    _conclude(session, name, facts, report)


def _try_then_keep(
    session: Session, client: "Stagedoor", terms: "ConnectionTerms", *, keep_anyway: bool
) -> "tuple[ConnectionFacts | None, TrialReport]":
    report = client.connections.discover(terms)
    _tell(session, report)
    kept = client.connections.create(terms) if report["is_working"] or keep_anyway else None
    return kept, report


def _keep_then_try(
    session: Session, client: "Stagedoor", terms: "ConnectionTerms", *, keep_anyway: bool
) -> "tuple[ConnectionFacts | None, TrialReport]":
    """Keep first what can be used once, and take it back when it does not work, or nobody can tell.

    A tenant that exists is sent there only at the end, so that a failed trial leaves it where it was.
    """
    from dataclasses import replace

    from stagedoor.cli.chosen_tenant import find_tenant

    present = find_tenant(client.tenants(), terms.tenant) if terms.tenant else None
    facts = client.connections.create(replace(terms, tenant=None) if present else terms)
    works = False
    try:
        report = client.connections.test(facts["id"])
        works = report["is_working"]
        _tell(session, report)
    finally:
        if not works and not keep_anyway:
            client.connections.remove(facts["id"], unmap=True)
            if terms.tenant and present is None:
                click.echo(f"The tenant {terms.tenant} was made for it and stays, empty.", err=True)
    if not works and not keep_anyway:
        return None, report
    if present is not None:
        client.connections.map_tenant(present["id"], facts["id"])
    return client.connections.get(facts["id"]), report


def _tell(session: Session, report: "TrialReport") -> None:
    from stagedoor.cli.trial_text import echo_refused, echo_steps

    if not session.wants_json:
        echo_steps(report)
        echo_refused(report, reasons_max=REASONS_SHOWN)


def _conclude(session: Session, name: str, facts: "ConnectionFacts | None", report: "TrialReport") -> None:
    from stagedoor.cli.trial_text import failed_step

    if session.wants_json:
        echo_json({"connection": facts, "test": report})
    if not report["is_working"]:
        failed = failed_step(report)
        kept = "it is kept all the same" if facts else "it was not kept"
        raise CommandFailed(
            f"The connection {name} does not work; {kept}.",
            hint=failed["hint"] if failed else None,
            code="connection_not_working",
        )
    if not session.wants_json and facts is not None:
        sent = ", ".join(facts["tenants"])
        click.echo(f"Connected: {facts['name']} leads to {facts['url']}.")
        click.echo(
            f"{sent} is sent there from now on."
            if sent
            else f"No tenant is sent there yet: `stagedoor connection map {facts['name']} ORG/TENANT`."
        )


def _read_certificates(path: Path | None) -> str | None:
    """Return the certificates of a file and nothing else of it: no private key that lies beside them, for one."""
    if path is None:
        return None
    import re

    try:
        text = path.read_text(encoding="utf-8", errors="replace")
    except OSError as fault:
        raise click.UsageError(f"{path} cannot be read: {fault.strerror}.") from fault
    blocks = re.findall(r"-----BEGIN CERTIFICATE-----[\sA-Za-z0-9+/=]+-----END CERTIFICATE-----", text)
    if not blocks:
        raise click.UsageError(f"{path} is not PEM: it holds no -----BEGIN CERTIFICATE-----.")
    return "\n".join(blocks) + "\n"
