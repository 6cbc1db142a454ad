"""Tokens into a tree, by precedence climbing: ``or`` binds least, then ``and``, ``not``, comparisons, sums, products.

Depth is counted and bounded, so that no text, however nested, reaches the limit of Python's stack. Words of the
language are read in any letter case (OData URL conventions 4.01, section 5.1.1).
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from stagedoor.orchestrator.odata.bounds import LIST_ITEMS_MAX, NESTING_MAX
from stagedoor.orchestrator.odata.lexer import Token, TokenKind, tokenize
from stagedoor.orchestrator.odata.literals import literal_of
from stagedoor.orchestrator.odata.problem import query_problem, shorten
from stagedoor.orchestrator.odata.tree import (
    Arithmetic,
    ArithmeticOperator,
    Comparison,
    ComparisonOperator,
    Flagged,
    Function,
    Junction,
    Lambda,
    Literal,
    Membership,
    Negative,
    Node,
    Not,
    Path,
)

_OR, _AND, _NOT, _COMPARISON, _SUM, _PRODUCT, _SIGN = range(1, 8)

_STRENGTHS: dict[str, int] = {
    "or": _OR,
    "and": _AND,
    **{operator.value: _COMPARISON for operator in ComparisonOperator},
    "in": _COMPARISON,
    "has": _COMPARISON,
    "add": _SUM,
    "sub": _SUM,
    **dict.fromkeys(("mul", "div", "divby", "mod"), _PRODUCT),
}
_COMPARISONS = {operator.value: operator for operator in ComparisonOperator}
_ARITHMETIC = {operator.value: operator for operator in ArithmeticOperator}
_WORDS = {"true": True, "false": False, "null": None}
_VALUES = frozenset(
    (
        TokenKind.TEXT,
        TokenKind.PREFIXED,
        TokenKind.GUID,
        TokenKind.TIME,
        TokenKind.DATE,
        TokenKind.CLOCK,
        TokenKind.NUMBER,
    )
)
_BRACKETS = {"(": ")", "[": "]"}
_NO_ALIASES: Mapping[str, str] = {}


def parse_filter(text: str, option: str = "$filter", aliases: Mapping[str, str] = _NO_ALIASES) -> Node:
    """Return the tree of a ``$filter``; ``option`` is its name in messages.

    ``aliases`` are the request's parameter aliases by lower-case name (``@p``), each a value or a list of values.

    Raises :class:`~stagedoor.orchestrator.errors.InvalidRequest` for what is no expression, too long, too deep or has
    too many parts; never anything else.
    """
    parser = Parser(tokenize(text, option), option, aliases)
    node = parser.parse_expression()
    parser.expect_end()
    return node


def parse_orderby(
    text: str, option: str = "$orderby", aliases: Mapping[str, str] = _NO_ALIASES
) -> list[tuple[Node, bool]]:
    """Return the sort keys of a ``$orderby``, each with whether it goes down."""
    parser = Parser(tokenize(text, option), option, aliases)
    keys: list[tuple[Node, bool]] = []
    while True:
        node = parser.parse_expression()
        word = parser.take_word("asc", "desc")
        keys.append((node, word == "desc"))
        if not parser.take_sign(","):
            parser.expect_end()
            return keys


class Parser:
    """One walk over one text's tokens."""

    def __init__(self, tokens: Sequence[Token], option: str, aliases: Mapping[str, str] = _NO_ALIASES) -> None:
        self._tokens = tokens
        self._option = option
        self._aliases = aliases
        self._next = 0
        # The height of the node parsed last. Chains such as ``1 add 1 add 1`` grow a tree without recursion here, yet
        # whoever walks the tree recurses, so height is bounded and not the parser's own depth alone.
        self._height = 0

    def parse_expression(self, strength_least: int = _OR, depth: int = 0) -> Node:
        """Return the expression that starts at the next token and whose operators bind at least so strongly."""
        if depth > NESTING_MAX:
            raise self._too_deep()
        left = self._parse_operand(depth)
        height = self._height
        while True:
            token = self._tokens[self._next]
            if token.kind is not TokenKind.NAME:
                break
            word = token.text.lower()
            strength = _STRENGTHS.get(word, 0)
            if strength < strength_least:
                break
            if strength <= _AND:
                left = self._parse_chain(left, word, strength, depth)
            else:
                self._next += 1
                left = self._parse_operator(left, word, strength, token.at, depth)
            height = max(height, self._height) + 1
            if height > NESTING_MAX:
                raise self._too_deep()
        self._height = height
        return left

    def take_sign(self, sign: str) -> bool:
        """Step over the sign if it is next, and tell whether it was."""
        token = self._tokens[self._next]
        if token.kind is TokenKind.SIGN and token.text == sign:
            self._next += 1
            return True
        return False

    def take_word(self, *words: str) -> str | None:
        """Step over one of the words if it is next, and return it in lower case."""
        token = self._tokens[self._next]
        if token.kind is TokenKind.NAME and token.text.lower() in words:
            self._next += 1
            return token.text.lower()
        return None

    def expect_end(self) -> None:
        """Raise unless everything was read."""
        token = self._tokens[self._next]
        if token.kind is not TokenKind.END:
            hint = "Write a quote inside a text twice: 'O''Brien'." if token.kind is TokenKind.TEXT else None
            raise self._unexpected(token, "an operator such as eq, and, or the end", hint=hint)

    def _parse_chain(self, first: Node, word: str, strength: int, depth: int) -> Node:
        at = self._tokens[self._next].at
        parts = [first]
        height = 0
        while self.take_word(word):
            parts.append(self.parse_expression(strength + 1, depth + 1))
            height = max(height, self._height)
        self._height = height
        return Junction(word == "and", tuple(parts), at)

    def _parse_operator(self, left: Node, word: str, strength: int, at: int, depth: int) -> Node:
        if word == "in":
            return Membership(left, self._parse_items(), at)
        if word == "has":
            return Flagged(left, self._parse_item(), at)
        right = self.parse_expression(strength + 1, depth + 1)
        if word in _COMPARISONS:
            return Comparison(_COMPARISONS[word], left, right, at)
        return Arithmetic(_ARITHMETIC[word], left, right, at)

    def _parse_operand(self, depth: int) -> Node:
        token = self._tokens[self._next]
        self._next += 1
        self._height = 1
        if token.kind in _VALUES:
            return Literal(literal_of(token, self._option), token.at)
        if token.kind is TokenKind.NAME:
            return self._parse_named(token, depth)
        if token.text == "(":
            inner = self.parse_expression(_OR, depth + 1)
            self._expect_sign(")", "a closing bracket")
            return inner
        if token.text == "-":
            return self._parse_negative(token, depth)
        self._next -= 1
        raise self._unexpected(token, "a property, a value or a bracket")

    def _parse_negative(self, token: Token, depth: int) -> Node:
        part = self.parse_expression(_SIGN, depth + 1)
        if isinstance(part, Literal) and isinstance(part.value, int | Decimal) and not isinstance(part.value, bool):
            return Literal(-part.value, token.at)
        self._height += 1
        return Negative(part, token.at)

    def _parse_named(self, token: Token, depth: int) -> Node:
        if token.text.startswith("@"):
            return Literal(self._aliased(token)._parse_alone().value, token.at)
        following = self._tokens[self._next]
        opens = following.kind is TokenKind.SIGN and following.text == "("
        word = token.text.lower()
        if (
            word == "not"
            and (opens or following.kind is not TokenKind.END)
            and following.text.lower() not in _STRENGTHS
        ):
            # ``not`` binds less than a comparison here: ``not Name eq 'x'`` has no other meaning.
            part = self.parse_expression(_COMPARISON, depth + 1)
            self._height += 1
            return Not(part, token.at)
        if opens:
            self._next += 1
            return self._parse_function(word, token.at, depth)
        if word in _WORDS:
            return Literal(_WORDS[word], token.at)
        return self._parse_path(token, depth)

    def _parse_function(self, name: str, at: int, depth: int) -> Node:
        arguments: list[Node] = []
        height = 0
        if not self.take_sign(")"):
            while True:
                arguments.append(self.parse_expression(_OR, depth + 1))
                height = max(height, self._height)
                if not self.take_sign(","):
                    break
            self._expect_sign(")", "a comma or a closing bracket")
        self._height = height + 1
        return Function(name, tuple(arguments), at)

    def _parse_path(self, first: Token, depth: int) -> Node:
        names = [first.text]
        while self.take_sign("/"):
            token = self._tokens[self._next]
            if token.kind is not TokenKind.NAME:
                raise self._unexpected(token, "a name after the slash")
            self._next += 1
            word = token.text.lower()
            if word in ("any", "all") and self.take_sign("("):
                return self._parse_lambda(Path(tuple(names), first.at), word == "any", token.at, depth)
            names.append(token.text)
            if len(names) > NESTING_MAX:
                raise self._too_deep()
        return Path(tuple(names), first.at)

    def _parse_lambda(self, path: Path, is_any: bool, at: int, depth: int) -> Node:
        if is_any and self.take_sign(")"):
            return Lambda(path, is_any, None, None, at)
        variable = self._tokens[self._next]
        if variable.kind is not TokenKind.NAME:
            raise self._unexpected(variable, "a name for the thing asked about, as in any(x: x/Name eq 'a')")
        self._next += 1
        self._expect_sign(":", "a colon after the name")
        condition = self.parse_expression(_OR, depth + 1)
        self._expect_sign(")", "a closing bracket")
        self._height += 1
        return Lambda(path, is_any, variable.text, condition, at)

    def _parse_items(self) -> tuple[Literal, ...]:
        opening = self._tokens[self._next]
        if opening.kind is TokenKind.NAME and opening.text.startswith("@"):
            self._next += 1
            aliased = self._aliased(opening)
            items = aliased._parse_items()
            aliased.expect_end()
            self._height = 1
            return tuple(Literal(item.value, opening.at) for item in items)
        closing = _BRACKETS.get(opening.text, ")")
        if closing == "]":
            self._next += 1
        else:
            self._expect_sign("(", "a bracket with values after in")
        return self._parse_items_until(closing, opening.at)

    def _parse_items_until(self, closing: str, at: int) -> tuple[Literal, ...]:
        items: list[Literal] = []
        while True:
            items.append(self._parse_item())
            if len(items) > LIST_ITEMS_MAX:
                raise query_problem(self._option, f"in takes {LIST_ITEMS_MAX} values at most.", at=at)
            if not self.take_sign(","):
                self._expect_sign(closing, "a comma or a closing bracket")
                self._height = 1
                return tuple(items)

    def _aliased(self, name: Token) -> "Parser":
        """Return a parser of what an alias stands for. It has no aliases itself, so that none stands for another."""
        text = self._aliases.get(name.text.lower())
        if text is None or not text.strip():
            hint = f"Give it in the query: {name.text}='…'." if self._aliases is not _NO_ALIASES else None
            raise query_problem(self._option, f"{shorten(name.text)} stands for nothing.", at=name.at, hint=hint)
        return Parser(tokenize(text, name.text), name.text)

    def _parse_alone(self) -> Literal:
        item = self._parse_item()
        self.expect_end()
        return item

    def _parse_item(self) -> Literal:
        minus = self.take_sign("-")
        token = self._tokens[self._next]
        if token.kind in _VALUES:
            self._next += 1
            value = literal_of(token, self._option)
            if not minus:
                return Literal(value, token.at)
            if isinstance(value, int | Decimal):
                return Literal(-value, token.at)
        elif token.kind is TokenKind.NAME and token.text.lower() in _WORDS and not minus:
            self._next += 1
            return Literal(_WORDS[token.text.lower()], token.at)
        elif token.kind is TokenKind.NAME and token.text.startswith("@") and not minus:
            self._next += 1
            return Literal(self._aliased(token)._parse_alone().value, token.at)
        raise self._unexpected(token, "a value")

    def _expect_sign(self, sign: str, wanted: str) -> None:
        if not self.take_sign(sign):
            raise self._unexpected(self._tokens[self._next], wanted)

    def _too_deep(self) -> Exception:
        at = self._tokens[self._next].at
        return query_problem(self._option, f"it is nested more than {NESTING_MAX} levels deep.", at=at)

    def _unexpected(self, token: Token, wanted: str, *, hint: str | None = None) -> Exception:
        found = "the end" if token.kind is TokenKind.END else shorten(token.text)
        return query_problem(self._option, f"expected {wanted}, found {found}.", at=token.at, hint=hint)
