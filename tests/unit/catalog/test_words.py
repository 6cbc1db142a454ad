import re
from collections import Counter
from pathlib import Path

import pytest

from stagedoor.catalog import words as words_module
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
        ("Queues_AddQueueItem", "add a queue item"),
        ("Settings_GetTimezones", "list the time zones to set"),
        ("Assets_GetFiltered", "list assets by a filter"),
        ("Assets_GetFoldersForAssetById", "list the folders of an asset"),
        ("Tasks_GetTasksAcrossFolders", "list tasks across folders"),
        ("Jobs_ValidateDynamicJob", "check whether a new job could start"),
        ("QueueItems_GetItemLastRetryById", "read the last retry of a queue item"),
        ("Users_PatchById", "change a user"),
        ("Processes_DeleteById", "delete a package"),
    ],
)
def test_phrases_say_what_an_operation_does(name: str, words: str) -> None:
    assert phrase(CATALOG.get_operation(name)) == words


def test_no_two_operations_are_said_in_the_same_words() -> None:
    said = Counter(phrase(operation) for operation in CATALOG.operations)
    assert [words for words, times in said.items() if times > 1] == []


def test_phrases_begin_with_what_is_done_and_name_each_thing_whole() -> None:
    for operation in CATALOG.operations:
        words = phrase(operation)
        assert not words.startswith(("get the", "get all", "validate", "bulk")), operation.id
        assert re.fullmatch(r"[a-z][a-zA-Z, ]+", words), operation.id


def test_each_phrase_of_the_table_belongs_to_an_operation() -> None:
    table = Path(words_module.__file__).with_name("phrases.tsv").read_text(encoding="utf-8")
    named = [line.partition("\t")[0] for line in table.splitlines() if not line.startswith("#")]
    assert named == sorted(named, key=str.lower)
    assert set(named) <= {operation.id for operation in CATALOG.operations}


def test_a_very_long_question_is_cut() -> None:
    assert CATALOG.search("jobs " * 10_000)
