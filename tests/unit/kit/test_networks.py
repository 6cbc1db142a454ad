import pytest

from stagedoor.kit.networks import (
    admit,
    collapse,
    find_address,
    is_part_of,
    overlap,
    parse_network,
    read_networks,
)


def networks(*texts: str) -> tuple[object, ...]:
    return collapse(parse_network(text) for text in texts)


@pytest.mark.parametrize(
    ("text", "network"),
    [
        ("10.0.0.0/8", "10.0.0.0/8"),
        ("10.1.2.3/8", "10.0.0.0/8"),
        ("192.0.2.7", "192.0.2.7/32"),
        (" 2001:db8::/32 ", "2001:db8::/32"),
        ("::ffff:10.0.0.0/104", "10.0.0.0/8"),
        ("::ffff:10.0.0.1", "10.0.0.1/32"),
    ],
)
def test_networks_are_read(text: str, network: str) -> None:
    assert str(parse_network(text)) == network


@pytest.mark.parametrize("text", ["", "example.org", "10.0.0.0/33", "10.0.0.0/255.0.255.0", "10.0.0", "x" * 10_000])
def test_what_is_no_network_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        parse_network(text)


def test_an_ipv4_address_dressed_as_ipv6_is_the_ipv4_address() -> None:
    assert find_address("::ffff:10.0.0.1") == find_address("10.0.0.1")
    assert find_address("2001:db8::1") is not None
    assert find_address("unix") is None


@pytest.mark.parametrize("address", ["10.1.2.3", "::ffff:10.1.2.3"])
def test_a_caller_within_the_networks_is_admitted_in_either_dress(address: str) -> None:
    assert admit(("10.0.0.0/8",), address)
    assert admit(("2001:db8::/32", "::ffff:10.0.0.0/104"), address)
    assert not admit(("11.0.0.0/8",), address)


@pytest.mark.parametrize("address", ["unix", "", "1" * 10_000])
def test_what_is_no_address_is_admitted_only_where_nothing_binds(address: str) -> None:
    assert admit((), address)
    assert not admit(("0.0.0.0/0", "::/0"), address)


def test_neighbours_collapse_so_that_like_lists_are_equal() -> None:
    assert networks("10.0.0.0/9", "10.128.0.0/9") == networks("10.0.0.0/8") == networks("10.0.0.0/8", "10.9.0.0/16")


def test_stored_networks_that_cannot_be_read_admit_nobody() -> None:
    assert read_networks(()) is None
    assert read_networks(("rubbish",)) == ()
    assert read_networks(("rubbish", "10.0.0.0/8")) == networks("10.0.0.0/8")


def test_parts_and_overlaps() -> None:
    wide = collapse([parse_network("10.0.0.0/8"), parse_network("2001:db8::/32")])
    assert is_part_of(parse_network("10.9.0.0/16"), wide)
    assert not is_part_of(parse_network("0.0.0.0/0"), wide)
    assert not is_part_of(parse_network("2001:db9::/32"), wide)
    assert overlap(wide, [parse_network("10.9.0.0/16"), parse_network("::/0")]) == networks(
        "10.9.0.0/16", "2001:db8::/32"
    )
    assert overlap(wide, [parse_network("11.0.0.0/8")]) == ()
