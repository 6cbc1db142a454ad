from tests.factories.orchestrator import Desk


def test_there_are_no_words_for_any_language(desk: Desk) -> None:
    assert desk.call("Translations_GetTranslations", query={"lang": "de"}).content == {}
