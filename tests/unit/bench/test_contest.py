"""Who takes part in a comparison, and what becomes of who does not."""

import random
from pathlib import Path

from bench.contest import Contender, Contest, line_up
from bench.figures import Figure
from bench.load import LoadFailed
from bench.peers.peer import Peer, Prepared, find_version
from bench.peers.rules import draw_rules
from bench.progress import Progress

ABSENT = Peer("Nowhere {version}, maps", lambda: None, lambda surroundings: Prepared([]))
BROKEN = Peer("Broken {version}", lambda: "1.0", lambda surroundings: Prepared([["false"]]))


def test_what_is_not_installed_or_does_not_start_is_named(tmp_path: Path) -> None:
    with line_up(
        [ABSENT, BROKEN],
        tmp_path / "peers",
        row="peers",
        rules=draw_rules(10),
        upstream_url="http://127.0.0.1:9",
        progress=Progress(),
    ) as contest:
        assert contest.contenders == []
    absent, broken = contest.missing
    assert (absent.subject, absent.reason) == ("Nowhere, maps", "not installed here")
    assert broken.subject == "Broken 1.0"
    assert broken.reason.startswith("PeerDidNotStart")


def test_who_breaks_under_load_is_out_and_its_figures_with_it() -> None:
    contest = Contest("peers", Path("keys"), Progress(), [Contender("good", ""), Contender("bad", "")])
    measured: list[str] = []

    def measure(contender: Contender) -> None:
        measured.append(contender.name)
        if contender.name == "bad":
            raise LoadFailed("of 10 requests 10 were refused, 0 broke")

    for _ in range(3):
        contest.run_round(random.Random(1), measure)
    figures = [
        Figure(row="peers", name=name, samples=[1.0], unit="×", subject=name, column="x") for name in ("good", "bad")
    ]
    assert measured.count("good") == 3
    assert measured.count("bad") == 1
    good, missing = contest.in_order(figures)
    assert good == figures[0]
    assert missing.subject == "bad"


def test_the_version_of_a_command_that_is_not_there_is_none() -> None:
    assert find_version(["no-such-gateway", "-v"], r"([\d.]+)") is None
    assert find_version(["false"], r"([\d.]+)") is None
    assert find_version(["echo", "gateway version: gateway/1.2.3"], r"gateway/([\d.]+)") == "1.2.3"
