"""The two operations that take package files."""

from stagedoor.orchestrator.answers import answer_value
from stagedoor.orchestrator.call import Answer, Call
from stagedoor.orchestrator.odata.metadata import NAMESPACE
from stagedoor.orchestrator.package_feeds.asked import get_asked_library_feed, get_asked_process_feed
from stagedoor.orchestrator.publishing import service
from stagedoor.orchestrator.publishing.service import Outcome
from stagedoor.orchestrator.registry import Basis, Routes

routes = Routes()


@routes.writes("Processes_UploadPackage", takes_files=True, prepare=service.receive_files, basis=Basis.CLIENT)
def upload_packages(call: Call) -> Answer:
    """Take the packages of a form into a feed: 200 where all were taken, else 207 with a status for each."""
    outcomes = service.publish_files(call, get_asked_process_feed(call))
    return _answer(call, outcomes, 200 if all(outcome.is_taken for outcome in outcomes) else 207)


@routes.writes("Libraries_UploadPackage", takes_files=True, prepare=service.receive_files)
def upload_libraries(call: Call) -> Answer:
    """Take the libraries of a form; the vendor answers 207 whatever became of them."""
    return _answer(call, service.publish_files(call, get_asked_library_feed(call)), 207)


def _answer(call: Call, outcomes: list[Outcome], status: int) -> Answer:
    items = [{"Key": outcome.file_name, "Status": outcome.status, "Body": outcome.body} for outcome in outcomes]
    answer = answer_value(call, f"Collection({NAMESPACE}.BulkItemDtoOfString)", items)
    return Answer(status, answer.content)
