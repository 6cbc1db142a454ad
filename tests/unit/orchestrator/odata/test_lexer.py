"""Text into tokens, and the refusal of what is none."""

import pytest

from stagedoor.orchestrator.errors import InvalidRequest
from stagedoor.orchestrator.odata.lexer import TokenKind, tokenize

GUID = "3FA85F64-5717-4562-b3fc-2c963f66afa6"


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("'O''Brien'", TokenKind.TEXT),
        ("''", TokenKind.TEXT),
        ("''''", TokenKind.TEXT),
        (GUID, TokenKind.GUID),
        (f"guid'{GUID}'", TokenKind.PREFIXED),
        ("UiPath.Server.Configuration.OData.JobState'Running'", TokenKind.PREFIXED),
        ("2024-01-01T00:00:00.000Z", TokenKind.TIME),
        ("2024-01-01T00:00Z", TokenKind.TIME),
        ("2024-01-01T00:00:00+02:00", TokenKind.TIME),
        ("2024-01-01T00:00:00 02:00", TokenKind.TIME),
        ("2024-01-01", TokenKind.DATE),
        ("123L", TokenKind.NUMBER),
        ("1.5", TokenKind.NUMBER),
        ("1e-3", TokenKind.NUMBER),
        ("12345678", TokenKind.NUMBER),
        ("Name", TokenKind.NAME),
        ("$count", TokenKind.NAME),
        ("abcdef12", TokenKind.NAME),
        ("Überschrift", TokenKind.NAME),
    ],
)
def test_one_word_is_one_token(text: str, kind: TokenKind) -> None:
    assert [(token.kind, token.text) for token in tokenize(text, "$filter")] == [(kind, text), (TokenKind.END, "")]


def test_each_token_knows_its_place() -> None:
    tokens = tokenize("Name eq 'x'", "$filter")
    assert [(token.text, token.at) for token in tokens] == [("Name", 0), ("eq", 5), ("'x'", 8), ("", 11)]


@pytest.mark.parametrize(
    ("text", "position", "part"),
    [
        ("Name eq 'x", 9, "no closing quote"),
        ("Name eq 'O'Brien'", 17, "no closing quote"),
        ('Name eq "x"', 9, "single quotes"),
        ("Id eq 12x", 7, "no number or time"),
        ("Id eq 1.2.3", 7, "no number or time"),
        ("Id ? 1", 4, "no meaning"),
        ("Name eq '\0'", 10, "NUL"),
        ("Name eq '\ud800'", 10, "half a character"),
    ],
)
def test_what_is_no_token_is_refused_with_its_place(text: str, position: int, part: str) -> None:
    with pytest.raises(InvalidRequest, match=part) as refused:
        tokenize(text, "$filter")
    assert refused.value.details == {"option": "$filter", "position": position}
    assert (refused.value.status, refused.value.error_code) == (400, 1000)


def test_ten_megabytes_are_refused_by_their_length() -> None:
    with pytest.raises(InvalidRequest, match="has 10000000 characters; 32768 are allowed"):
        tokenize("x" * 10_000_000, "$filter")


def test_too_many_tokens_are_refused() -> None:
    with pytest.raises(InvalidRequest, match="more than 5000 words and signs"):
        tokenize("(" * 6_000, "$filter")
