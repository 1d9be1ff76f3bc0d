"""The errors of evaluation in the words of the API server.

The evaluator, cel-cpp, has others for the same faults than cel-go, which the API server is built
with (Kubernetes 1.36).
"""

import re
from collections.abc import Mapping
from functools import cache

_TYPES = {
    **{name: name for name in ("bool", "bytes", "double", "int", "string", "uint")},
    "Duration": "google.protobuf.Duration",
    "Timestamp": "google.protobuf.Timestamp",
}
_WORDS: Mapping[str, str] = {
    r'Key not found in map : "(.*)"': r"no such key: \1",
    r"Key not found in map : (.*)": r"no such key: \1",
    r"Index error: index=(-?[0-9]+) size=[0-9]+": r"index out of bounds: \1",
    r"divide by zero": "division by zero",
    r"double out of int64 range": "integer overflow",
    r"(?:int64|double) out of uint64 range": "unsigned integer overflow",
    r"Type conversion error from '([^']*+)' to '([^']*+)'": (
        r"type conversion error from '\1' to '\2'"
    ),
}
_CONVERSIONS = (r"cannot convert (\w+) to (\w+)", r"(String) to (\w+) conversion failed")


def of_api_server(reason: str) -> str:
    """Return the words of the API server for an error, the given ones where they are as good."""
    for pattern, words in _words().items():
        if match := pattern.fullmatch(reason):
            return match.expand(words)
    for pattern in _conversions():
        if match := pattern.fullmatch(reason):
            source, target = match[1].lower(), _TYPES.get(match[2])
            return f"type conversion error from '{source}' to '{target}'" if target else reason
    return reason


# Most runs have no error, and compile none of these.
@cache
def _words() -> Mapping[re.Pattern[str], str]:
    return {re.compile(pattern, re.DOTALL): words for pattern, words in _WORDS.items()}


@cache
def _conversions() -> tuple[re.Pattern[str], ...]:
    return tuple(map(re.compile, _CONVERSIONS))
