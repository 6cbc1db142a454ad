import pytest

from stagedoor.catalog.matcher import CATALOG
from stagedoor.catalog.words import phrase


@pytest.mark.parametrize(
    ("words", "first"),
    [
        ("start jobs", "Jobs_StartJobs"),
        ("start a job", "Jobs_StartJobs"),
        ("run process", "Jobs_StartJobs"),
        ("launch job", "Jobs_StartJobs"),
        ("kill job", "Jobs_StopJobs"),
        ("add queue item", "Queues_AddQueueItem"),
        ("list queues", "QueueDefinitions_Get"),
        ("list assets", "Assets_Get"),
        ("create an asset", "Assets_Post"),
        ("remove a webhook", "Webhooks_DeleteById"),
        ("upload package", "Processes_UploadPackage"),
        ("who am I", "Users_GetCurrentUser"),
        ("next queue item transaction", "Queues_StartTransaction"),
        ("list folders", "Folders_Get"),
        ("Jobs_Get", "Jobs_Get"),
        ("jobs_getbyid", "Jobs_GetById"),
        ("StartJobs", "Jobs_StartJobs"),
        ("star job", "Jobs_StartJobs"),
    ],
)
def test_plain_words_find_the_operation_that_people_mean(words: str, first: str) -> None:
    assert CATALOG.search(words)[0].id == first


def test_no_words_return_the_whole_catalogue() -> None:
    assert CATALOG.search(" the ") == list(CATALOG.operations)


def test_nonsense_finds_nothing() -> None:
    assert CATALOG.search("xyzzy") == []


def test_words_that_nothing_answers_do_not_hide_those_that_something_does() -> None:
    assert CATALOG.search("start jobs xyzzy")[0].id == "Jobs_StartJobs"


def test_every_operation_is_found_by_its_own_phrase_and_name() -> None:
    for operation in CATALOG.operations:
        assert operation in CATALOG.search(phrase(operation)), operation.id
        assert CATALOG.search(operation.id)[0] is operation


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("Assets_Get", "list assets"),
        ("Assets_DeleteById", "delete an asset"),
        ("QueueDefinitions_GetById", "read a queue"),
        ("Folders_GetByKeyByIdentifier", "read a folder by its key"),
        ("Libraries_DeleteById", "delete a library"),
        ("Queues_AddQueueItem", "add queue item"),
        ("Settings_GetTimezones", "get timezones (settings)"),
        ("Users_PatchById", "change a user"),
        ("Processes_DeleteById", "delete a package"),
    ],
)
def test_phrases_say_what_an_operation_does(name: str, words: str) -> None:
    assert phrase(CATALOG.get_operation(name)) == words


def test_a_very_long_question_is_cut() -> None:
    assert CATALOG.search("jobs " * 10_000)
