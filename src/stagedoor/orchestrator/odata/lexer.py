"""Text into tokens, in one pass: the words, signs and values of the query language with their places.

It knows how values are spelt (OData URL conventions 4.01, and the leftovers of version 3 that old clients send:
``guid'…'``, ``datetime'…'``, ``Some.Enum'Word'``, ``123L``) and nothing of what they mean.
"""

import re
from enum import StrEnum
from typing import NamedTuple

from stagedoor.orchestrator.odata.bounds import TEXT_LENGTH_MAX, TOKENS_MAX
from stagedoor.orchestrator.odata.problem import query_problem, shorten


class TokenKind(StrEnum):
    """What kind of token it is."""

    TEXT = "text"
    """``'O''Brien'``"""
    PREFIXED = "prefixed"
    """``guid'…'``, ``datetime'…'``, ``duration'…'``, ``Some.Enum'Word'``"""
    GUID = "guid"
    TIME = "time"
    DATE = "date"
    CLOCK = "clock"
    """``08:30:15``"""
    NUMBER = "number"
    NAME = "name"
    SIGN = "sign"
    END = "end"


class Token(NamedTuple):
    """One token: ``text`` as it was written, ``at`` its place from 0."""

    kind: TokenKind
    text: str
    at: int


# Quantifiers over quotes are possessive: a quote without its partner fails at once instead of being tried again.
_TOKEN = re.compile(
    r"""
      (?P<space>[ \t\r\n]+)
    | (?P<guid>[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}(?![\w'-]))
    | (?P<prefixed>[^\W\d][\w.]*+'[^']*+(?:''[^']*+)*+')
    | (?P<name>(?:[^\W\d]|[$@])[\w.]*+)
    | (?P<text>'[^']*+(?:''[^']*+)*+')
    | (?P<time>[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,12})?)?
        (?:[Zz]|[ +-][0-9]{2}:[0-9]{2})?(?![\w:]))
    | (?P<date>[0-9]{4}-[0-9]{2}-[0-9]{2}(?![\w:-]))
    | (?P<clock>[0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,12})?)?(?![\w:.]))
    | (?P<number>[0-9]++(?:\.[0-9]++)?(?:[eE][+-]?[0-9]{1,3})?[lLmMdDfF]?(?![\w.]))
    | (?P<sign>[][(),/:;=*-])
    """,
    re.VERBOSE,
)

_KINDS = {kind.value: kind for kind in TokenKind}


def tokenize(text: str, option: str) -> list[Token]:
    """Return the tokens of ``text``, the last one of kind ``END``.

    Time grows with the length of the text, which is bounded. Raises
    :class:`~stagedoor.orchestrator.errors.InvalidRequest` naming the place of what is no token.
    """
    verify_text(text, option)
    tokens: list[Token] = []
    position, end = 0, len(text)
    match_at = _TOKEN.match
    while position < end:
        match = match_at(text, position)
        if match is None:
            raise _no_token(text, position, option)
        kind = match.lastgroup
        if kind != "space":
            tokens.append(Token(_KINDS[str(kind)], match.group(), position))
            if len(tokens) > TOKENS_MAX:
                raise query_problem(option, f"it has more than {TOKENS_MAX} words and signs.", at=position)
        position = match.end()
    tokens.append(Token(TokenKind.END, "", end))
    return tokens


def verify_text(text: str, option: str) -> None:
    """Raise for a text that is too long or holds what no database stores: NUL and unpaired surrogates."""
    if len(text) > TEXT_LENGTH_MAX:
        raise query_problem(
            option,
            f"it has {len(text)} characters; {TEXT_LENGTH_MAX} are allowed.",
            hint="Ask in several smaller requests.",
        )
    if "\0" in text:
        raise query_problem(option, "it contains a NUL character.", at=text.index("\0"))
    if not text.isascii():
        try:
            text.encode()
        except UnicodeEncodeError as broken:
            raise query_problem(option, "it contains half a character.", at=broken.start) from broken


def _no_token(text: str, position: int, option: str) -> Exception:
    character = text[position]
    if character == "'":
        return query_problem(
            option,
            "the text that begins here has no closing quote.",
            at=position,
            hint="Write a quote inside a text twice: 'O''Brien'.",
        )
    if character == '"':
        return query_problem(option, "texts stand in single quotes.", at=position, hint="Write 'text', not \"text\".")
    if character.isdigit():
        word = re.match(r"[\w.:+-]*", text[position : position + 60])
        return query_problem(
            option, f"{shorten(word.group() if word else character)} is no number or time.", at=position
        )
    return query_problem(option, f"{shorten(character)} has no meaning here.", at=position)
