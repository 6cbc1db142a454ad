"""JSON whose strings stand in single quotes, as clients that print a Python dictionary send it.

The vendor's reader takes it: version 2.1 of its own Python library starts jobs and reads a robot's assets that way, and
older ones of others log in with it. What Python writes otherwise than JSON (``None``, ``True``, tuples) the vendor
does not take, and neither is it taken here.
"""

import json
import re

# Possessive, and with a closing quote that may be missing: every character is looked at once, whatever is sent.
_STRING = re.compile(r"""'((?:[^'\\]++|\\.)*+)'?|"((?:[^"\\]++|\\.)*+)"?""", re.DOTALL)
_ODDITY = re.compile(r"""\\(?:x([0-9a-fA-F]{2})|U([0-9a-fA-F]{8})|(.))|\"""", re.DOTALL)
_CODE_POINT_MAX = 0x10FFFF


def with_double_quotes(text: str) -> str:
    """Return the text with every string in double quotes and the escapes of JSON; all else stays for JSON to judge."""
    return _STRING.sub(_written_for_json, text)


def _written_for_json(string: re.Match[str]) -> str:
    whole = string[0]
    if string.end(string.lastindex or 0) == string.end():
        # Never closed, so not read.
        return whole
    return f'"{_ODDITY.sub(_as_json_writes_it, whole[1:-1])}"'


def _as_json_writes_it(oddity: re.Match[str]) -> str:
    byte, code_point, escaped = oddity.groups()
    if byte:
        return f"\\u00{byte}"
    if code_point:
        number = int(code_point, 16)
        return json.dumps(chr(number))[1:-1] if number <= _CODE_POINT_MAX else oddity[0]
    if escaped:
        return "'" if escaped == "'" else oddity[0]
    return '\\"'
