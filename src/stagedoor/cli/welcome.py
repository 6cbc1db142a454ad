"""What a person reads when a server is up: where it is, who may enter, and three lines to paste."""

from textwrap import wrap
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from stagedoor.admin.started import FirstStart

WIDTH = 100


def welcome_text(base_url: str, made: "FirstStart") -> str:
    """Return the text to print when the server answers."""
    password = made.admin_password.reveal() if made.admin_password else "(changed since the first start)"
    lines = [
        "",
        f"Stagedoor answers at {base_url}",
        "",
        f"  Organization, tenant   {made.organization}/{made.tenant}",
        f"  Console                {base_url}/console",
        f"  Administrator          {made.admin_username}",
        f"  Password               {password}",
    ]
    if made.sample_key is None:
        lines += ["", "Sign in with `stagedoor login` and make a key with `stagedoor key create`."]
    else:
        key = made.sample_key.reveal()
        lines += [f"  Sample access key      {key}", "", "What that key may do:"]
        for words in made.sample_key_words:
            lines += wrap(words, WIDTH, initial_indent="  ", subsequent_indent="  ")
        lines += ["", *paste_lines(f"{base_url}/{made.organization}/{made.tenant}/orchestrator_", key)]
    if made.legacy_password is not None and made.legacy_window_until is not None:
        lines += [
            "",
            f"Old scripts may log in with a password until {made.legacy_window_until:%Y-%m-%d}, as user "
            f"{made.legacy_username} with {made.legacy_password.reveal()}",
        ]
    lines += ["", "Stop it with Ctrl-C; its data stays."]
    return "\n".join(lines)


def paste_lines(api: str, key: str) -> list[str]:
    """Return the three lines to paste, each with a heading: one allowed, one refused, one that starts a job.

    The sample key is limited to one folder, so no line needs to name it.
    """
    headers = f"-H 'Authorization: Bearer {key}'"
    jobs = f"{api}/odata/Jobs"
    body = '{"startInfo":{"ReleaseName":"InvoiceBot","JobsCount":1}}'
    start = (
        f"curl -sSf {headers} -H 'Content-Type: application/json' "
        f"-d '{body}' '{jobs}/UiPath.Server.Configuration.OData.StartJobs'"
    )
    newest = f"curl -s {headers} '{jobs}?$top=1&$orderby=Id%20desc&$select=State'"
    # The newest job is the one just started; asking for its state alone leaves nothing for sed to mistake.
    watch = (
        f"{start} >/dev/null && "
        rf"""until s=$({newest} | sed 's/.*"State": *"\([A-Za-z]*\)".*/\1/'); echo "job: $s"; """
        'case "$s" in Pending|Running) false;; esac; do sleep 1; done'
    )
    return [
        "# Allowed: list the latest jobs.",
        f"curl -s {headers} '{jobs}?$top=3&$orderby=Id%20desc'",
        "",
        "# Refused, and the answer says why: list the users.",
        f"curl -s {headers} '{api}/odata/Users'",
        "",
        "# Allowed: start a job and watch it end.",
        watch,
    ]
