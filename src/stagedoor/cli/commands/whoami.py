"""``stagedoor whoami``: who calls, with what, and what that may do."""

from typing import Any

import click

from stagedoor.cli.options import common_options, pass_session
from stagedoor.cli.output import echo_facts, echo_json
from stagedoor.cli.session import Session
from stagedoor.cli.whoami_cache import WhoAmICache


@click.command(epilog="The answer is kept for five minutes for a signed-in person; --refresh asks anew.")
@click.option("--refresh", is_flag=True, help="Ask the server, whatever is kept.")
@common_options
@pass_session
def whoami(session: Session, *, refresh: bool) -> None:
    """Show who you are and what you may do.

    Also where your secret lies, and where each value comes from."""
    profile = session.find_profile()
    cache = WhoAmICache(session.book.directory, session.profile_name) if profile else None
    now = session.world.clock.now()
    kept = cache.find(now) if cache and not refresh else None
    if kept is not None:
        answer, read_at = kept
    else:
        with session.client() as client:
            answer, read_at = dict(client.whoami()), now
        if cache:
            cache.keep(answer, now)
    choices = {name: session.choose(name) for name in ("base_url", "tenant", "folder")}
    place = profile.secret_place_name if profile else f"the {session.choose('key').source}"
    if session.wants_json:
        here: dict[str, Any] = {
            "profile": profile.name if profile else None,
            "secret_place": place,
            "read_at": read_at.isoformat(),
            **{name: {"value": choice.value, "source": choice.source} for name, choice in choices.items()},
        }
        echo_json(answer | {"local": here})
        return
    grant = answer.get("grant") or {}
    organization = (answer.get("organization") or {}).get("name")
    credential = answer.get("credential") or {}
    echo_facts(
        {
            "name": answer.get("name"),
            "e-mail": answer.get("email"),
            "kind": str(answer.get("kind", "")).replace("_", " "),
            "organization": organization,
            "tenants": [tenant["name"] for tenant in answer.get("tenants") or []],
            "administrator": answer.get("may_administer"),
            "rights": " ".join(grant.get("words") or []),
            "in folders": grant.get("folders") if grant.get("folders") is not None else "all",
            "credential": f"{credential.get('kind', '')} {credential.get('id', '')}".replace("_", " ").strip(),
            "ends": credential.get("expires_at"),
            "secret lies in": place,
            "profile": profile.name if profile else None,
            **{
                label: f"{choices[name].value} ({choices[name].source})" if choices[name].value else None
                for label, name in (("base URL", "base_url"), ("tenant", "tenant"), ("folder", "folder"))
            },
        }
    )
