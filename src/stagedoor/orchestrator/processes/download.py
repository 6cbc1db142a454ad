"""The answer that is a package's file."""

from stagedoor.orchestrator.call import Answer, Call
from stagedoor.orchestrator.processes.models import Package
from stagedoor.orchestrator.processes.service import build_file
from stagedoor.orchestrator.stored_files import service as stored_files
from stagedoor.orchestrator.uploads import attachment_header


def answer_file(call: Call, package: Package) -> Answer:
    """Answer the package byte for byte as it was uploaded; one that came without a file is made on the spot."""
    headers = {
        "Content-Type": stored_files.BINARY,
        "Content-Disposition": attachment_header(f"{package.name}.{package.version}.nupkg"),
    }
    if package.file_name is None:
        return Answer(content=build_file(package), headers=headers)
    return Answer(content=stored_files.show(call, package.file_name), headers=headers)
