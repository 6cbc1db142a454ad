"""How texts are made comparable without regard to case: by a folded column where there is one, else by ``lower()``."""

from enum import Enum, auto

from stagedoor.orchestrator.odata.bound import Applied, Field, Kind, Term, Value


class Folding(Enum):
    """How two texts are made comparable."""

    EXACT = auto()
    LOWER = auto()
    """``lower()`` by the database on both sides."""
    FOLDED = auto()
    """The property's folded column on one side, ``str.casefold()`` on the other."""


def made_alike(left: Term, right: Term) -> tuple[Term, Term, Folding]:
    """Return two terms as they are to be compared, and how their texts are folded."""
    if Kind.TEXT not in (left.kind, right.kind):
        return left, right, Folding.EXACT
    folding = _folding(left, right)
    if folding is Folding.EXACT:
        return left, right, folding
    return _stripped(left), _stripped(right), folding


def folded_alone(term: Term) -> tuple[Term, Folding]:
    """Return a term as it is to be sorted, or compared with constants, and how its text is folded."""
    if term.kind is not Kind.TEXT:
        return term, Folding.EXACT
    folding = _folding(term, None)
    return (term if folding is Folding.EXACT else _stripped(term)), folding


def _folding(left: Term, right: Term | None) -> Folding:
    first = _stripped(left)
    others = [term for term in (first, _stripped(right) if right is not None else None) if isinstance(term, Field)]
    if any(field.property.case_matters for field in others):
        return Folding.EXACT
    constant = right is None or isinstance(right, Value)
    if constant and isinstance(first, Field) and first.property.folded is not None:
        return Folding.FOLDED
    return Folding.LOWER


def _stripped(term: Term) -> Term:
    """Return the term without ``tolower`` and ``toupper`` around it: case does not count where texts are compared."""
    while isinstance(term, Applied) and term.function in ("tolower", "toupper"):
        term = term.arguments[0]
    return term
