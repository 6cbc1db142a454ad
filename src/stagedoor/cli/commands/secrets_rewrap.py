"""``stagedoor secrets rewrap``: change the master key."""

import os
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from stagedoor.cli.failure import CommandFailed
from stagedoor.cli.master_key_options import master_key_options
from stagedoor.cli.options import output_option, pass_session, store_dir_option
from stagedoor.cli.output import echo_json
from stagedoor.cli.saying import Saying
from stagedoor.cli.sealed_store import SealedStore, open_sealed_store
from stagedoor.cli.server_part import server_part
from stagedoor.cli.session import Session
from stagedoor.kit.errors import StagedoorError

if TYPE_CHECKING:
    from stagedoor.admin.sealing.rewrap import Rewrap
    from stagedoor.kit.crypto import MasterKey
    from stagedoor.kit.master_key_source import MasterKeySource

ROUNDS_MAX = 20
"""Each round takes what was sealed with the former key meanwhile; after the first there is hardly any."""
KEY_TEXT_MAX = 4096


@click.command(
    epilog="""\b
Examples:
  stagedoor secrets rewrap                                    a new key, put in place of master.key
  stagedoor secrets rewrap --new-key-file /etc/new.key        that key; made there if there is none
  stagedoor secrets rewrap --keep-former                      forget the former one another day
"""
)
@store_dir_option
@click.option(
    "--new-key-file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Take the new key from there; if there is no such file, make one. Without it a key is drawn.",
)
@click.option("--new-key-stdin", is_flag=True, help="Read the new key from standard input.")
@click.option("--keep-former", is_flag=True, help="Let the former key go on opening; the next run forgets it.")
@master_key_options
@output_option
@pass_session
def rewrap(
    session: Session,
    data_dir: Path | None,
    new_key_file: Path | None,
    master_key_file: Path | None,
    master_key_command: str | None,
    *,
    new_key_stdin: bool,
    keep_former: bool,
) -> None:
    """Seal every stored secret with another master key, and forget the former one.

    The server may run: its processes learn of the new key before anything is sealed with it, and no request fails.
    Stopped at any point, even killed, the next run goes on from there, and the server starts with either key until the
    former one is forgotten. A master key in a file is replaced in it; one that comes from a variable or a command you
    change yourself, and run this once more: before that, the former key is not forgotten.

    Before you begin, keep a copy of the master key with the backups that were made under it: they open with no other.
    Sign-ins to the console, and tokens of the login of 2019, which last for 30 minutes, end when the former key is
    forgotten; --keep-former lets them last.
    """
    if new_key_file is not None and new_key_stdin:
        raise click.UsageError("Give --new-key-file or --new-key-stdin, not both.")
    with open_sealed_store(session, data_dir, master_key_file, master_key_command) as opened:
        clock, chance = session.world.clock, session.world.draw_chance()
        service = server_part("stagedoor.admin.sealing.service")
        with opened.database.alone():
            keys = service.open_sealing_keys(opened.database, opened.source, clock, chance)
        change: Rewrap = server_part("stagedoor.admin.sealing.rewrap").Rewrap(
            opened.database, keys, clock, chance, session.world.sleep
        )
        new = _choose(session, opened.source, change.find_unfinished(), new_key_file, from_stdin=new_key_stdin)
        done = _carry_out(session, change, opened, new, keep_former=keep_former)
    _tell(session, done)


@dataclass(slots=True)
class _Done:
    key_id: str
    source: str
    sealed_again: int = 0
    broken: list[str] = field(default_factory=list)
    is_forgotten: bool = False
    kept_because: str | None = None
    is_log_empty: bool = True


def _choose(
    session: Session,
    source: "MasterKeySource",
    unfinished: "MasterKey | None",
    new_key_file: Path | None,
    *,
    from_stdin: bool,
) -> "MasterKey":
    from stagedoor.kit.crypto import MasterKey
    from stagedoor.kit.master_key_source import GivenKey, KeyFile
    from stagedoor.kit.secret import Secret

    if from_stdin:
        text = sys.stdin.read(KEY_TEXT_MAX)
        return GivenKey(Secret(text), "standard input").read()
    if new_key_file is not None:
        file = KeyFile(new_key_file)
        return file.read() if file.exists() else file.make(session.world.draw_chance())
    if unfinished is not None:
        return unfinished
    if not isinstance(source, KeyFile):
        raise CommandFailed(
            f"The master key comes from {source.description}, where a new one cannot be put.",
            hint="Name the new key with --new-key-file or --new-key-stdin, and put it there yourself afterwards.",
            code="new_key_needed",
        )
    return MasterKey.draw(session.world.draw_chance())


def _carry_out(
    session: Session, change: "Rewrap", opened: SealedStore, new: "MasterKey", *, keep_former: bool
) -> _Done:
    done = _Done(new.id, opened.source.description)
    say = Saying(session)
    say.now(f"Making the key {new.id} known to every process.")
    change.announce(new)
    _put_in_place(opened.source, new)
    change.switch()
    needed: frozenset[str] = frozenset()
    for _ in range(ROUNDS_MAX):
        before = done.sealed_again
        progress = None
        for progress in change.seal_again():
            say.at_times(f"Sealed again: {progress.done} of {progress.total}.")
        if progress is not None:
            done.sealed_again += progress.done
            done.broken = [f"{value.column} of {value.row}" for value in progress.broken]
        done.kept_because = "asked" if keep_former else _why_kept(opened.source, new)
        if done.kept_because is not None:
            break
        needed = change.forget()
        done.is_forgotten = not needed
        if done.is_forgotten or (done.broken and done.sealed_again == before):
            break
    if needed:
        done.kept_because = "needed"
    done.is_log_empty = change.empty_the_log()
    return done


def _put_in_place(source: "MasterKeySource", new: "MasterKey") -> None:
    from stagedoor.kit.master_key_source import KeyFile

    if isinstance(source, KeyFile) and source.read().id != new.id:
        try:
            source.replace(new)
        except OSError as failure:
            # Nothing is lost: the former key is not forgotten while it lies there.
            reason = os.strerror(failure.errno or 0).lower()
            click.echo(f"Note: {source.description} cannot be replaced ({reason}). Put the new key there.", err=True)


def _why_kept(source: "MasterKeySource", new: "MasterKey") -> str | None:
    """Return why the former key cannot be forgotten yet: the next start would come with it."""
    try:
        return None if source.read().id == new.id else "source"
    except StagedoorError:
        return "source"


def _tell(session: Session, done: _Done) -> None:
    if session.wants_json:
        facts: dict[str, Any] = {
            "key_id": done.key_id,
            "sealed_again": done.sealed_again,
            "is_former_forgotten": done.is_forgotten,
            "kept_because": done.kept_because,
            "broken": done.broken,
            "is_log_empty": done.is_log_empty,
        }
        echo_json(facts)
    else:
        click.echo("\n".join(_sentences(done)))
    if done.kept_because == "needed":
        raise CommandFailed(
            "The former key is kept: something is sealed with it that could not be sealed again.",
            hint="Enter anew, or delete, what is named above; then run `stagedoor secrets rewrap` again.",
            code="former_key_needed",
        )


def _sentences(done: _Done) -> list[str]:
    sentences = [f"Secrets are sealed with the key {done.key_id} now; {done.sealed_again} were sealed again."]
    sentences += [f"Does not open, and stays as it is: {value}." for value in done.broken]
    if done.is_forgotten:
        sentences.append("The former key is forgotten and opens nothing any more.")
        sentences.append("Console sign-ins, and tokens of the login of 2019, that were given out under it have ended.")
    elif done.kept_because == "asked":
        sentences.append("The former key goes on opening. Run `stagedoor secrets rewrap` again to have it forgotten.")
    elif done.kept_because == "source":
        sentences.append(
            f"The former key is kept, because {done.source} does not give the new one. Put it there, wherever the "
            "server is started, and run `stagedoor secrets rewrap` again."
        )
    if not done.is_log_empty:
        sentences.append(
            "Somebody was reading, so the store's log still holds what was replaced. It goes when the server stops."
        )
    return sentences
