import re

from stagedoor.audit.event_names import EventName


def test_every_event_follows_the_grammar_room_thing_verb() -> None:
    for event in EventName:
        assert re.fullmatch(r"[a-z]+:[a-z_]+:[a-z]+(ed|set|en)", event.value) or event.value.endswith(":set"), event


def test_events_are_alphabetized() -> None:
    assert [event.name for event in EventName] == sorted(event.name for event in EventName)


def test_the_name_in_the_code_is_the_name_in_the_log() -> None:
    for event in EventName:
        assert event.name == event.value.replace(":", "_").upper()


def test_every_event_fits_its_column() -> None:
    assert max(len(event.value) for event in EventName) <= 64
