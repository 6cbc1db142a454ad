"""The vendor's operation on translations."""

from stagedoor.orchestrator.call import Answer, Call
from stagedoor.orchestrator.registry import Basis, Routes

routes = Routes()


@routes.reads(
    "Translations_GetTranslations",
    basis=Basis.GUESS,
    note="No words for any language: the vendor's web pages, which they are for, are not here.",
)
def show_translations(call: Call) -> Answer:
    """Answer the words of a language: none."""
    return Answer(content={})
