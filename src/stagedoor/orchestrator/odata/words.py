"""Properties whose values are words of a list, such as the state of a job."""

from dataclasses import dataclass

from stagedoor.orchestrator.entity import EnumType
from stagedoor.orchestrator.odata.bound import Field, Term
from stagedoor.orchestrator.odata.tree import LiteralValue


@dataclass(frozen=True, slots=True)
class Words:
    """What words a property has, and whether the store keeps them or their numbers."""

    property_name: str
    enum: EnumType
    stores_words: bool

    def find_number(self, written: LiteralValue) -> int | None:
        """Return the number of what a query writes for a word, or ``None`` if it is no word of the list."""
        if isinstance(written, str | int) and not isinstance(written, bool):
            return self.enum.find_number(str(written))
        return None

    def can_compare(self, other: "Words") -> bool:
        """Tell whether the other property has words of the same list, and the store keeps them in the same way."""
        return self.enum is other.enum and self.stores_words == other.stores_words


def find_words(term: Term) -> Words | None:
    """Return the words of a term of :attr:`Kind.ENUM`, which only properties are; ``None`` for any other."""
    if isinstance(term, Field) and isinstance(term.property.type, EnumType):
        return Words(term.property.name, term.property.type, term.property.stores_words)
    return None
