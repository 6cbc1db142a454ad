"""Stagedoor itself, as ``stagedoor up`` starts it: key check, verdict, limits and audit on."""

from importlib.metadata import version

from bench.house import prepare_house, stagedoor_command
from bench.peers.peer import Peer, Prepared, Surroundings
from bench.peers.rules import CLERK, READER, selectors_of


def prepare(surroundings: Surroundings) -> Prepared:
    """Fill a data directory with the keys, and send the tenant's requests to the upstream."""
    house = prepare_house(surroundings.directory / "data")
    house.set_destination(f"http://127.0.0.1:{surroundings.upstream_port}", token=surroundings.upstream_token)
    allowed = {role: selectors_of(role) for role in (READER, CLERK)}
    house.store_keys([(holder.drawn, allowed[holder.role]) for holder in surroundings.rules.holders])
    arguments = ("up", "--port", str(surroundings.port), "--data-dir", str(house.data_dir))
    return Prepared([[*stagedoor_command(), *arguments]], prefix=f"/{house.organization}/{house.tenant}/orchestrator_")


STAGEDOOR = Peer("Stagedoor {version}", lambda: version("stagedoor"), prepare)
