"""Pairs of objects whose comparison, or whose search for secrets, invites a lot of work.

Each case is an object as it is generated and as it is checked in, of about the same size.
"""

import base64
import json
from collections.abc import Iterator
from typing import Any

Manifest = dict[str, Any]
Pair = tuple[Manifest, Manifest]

_HEAD = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "case", "namespace": "n"}}


def cases() -> Iterator[tuple[str, Pair]]:
    """Yield the name of each case with its pair: generated first, then checked in."""
    letters = "secret" * 167
    yield "a value of 1,000 letters", (data(letters), data(f"{letters}x"))
    yield "a JWT", (data(f"token {jwt('1')}"), data(f"token {jwt('2')}"))
    yield "900 renamed users", (data(users("user")), data(users("member")))
    yield "2,000 arguments", (arguments("one-{}"), arguments("two-{}"))
    lines = [f"line {number}" for number in range(1_900)]
    yield "1,900 lines reversed", (data(text(lines)), data(text(lines[::-1])))
    few = [f"item {number % 7}" for number in range(1_900)]
    yield "1,900 lines of 7", (data(text(few)), data(text([few[-1], *few[5:], *few[:3]])))
    yield "1,900 equal lines", (data("- x\n" * 1_900), data("- x\n- y\n" * 950))
    yield "a line of 250 KB", (data("ab" * 125_000), data("ba" * 125_000))
    yield "125,000 lines", (data("a\nb\n" * 62_500), data("b\nc\na\n" * 41_600))


def data(value: str) -> Manifest:
    """Return a ConfigMap with one key."""
    return {**_HEAD, "data": {"value": value}}


def arguments(pattern: str) -> Manifest:
    """Return a Pod whose container has 2,000 arguments, every other one the same."""
    texts = [pattern.format(number // 2) if number % 2 else "--host" for number in range(2_000)]
    containers = [{"name": "main", "image": "example.com/main:1", "args": texts}]
    return {**_HEAD, "kind": "Pod", "spec": {"containers": containers}}


def users(prefix: str) -> str:
    """Return the text of 900 users with two lines each."""
    return text([f"- name: {prefix}-{n // 2}" if n % 2 else "  role: admin" for n in range(1_800)])


def jwt(subject: str) -> str:
    """Return a token in the shape of those that Kubernetes issues, with a signature of zeros."""
    claims = {"iss": "kubernetes/serviceaccount", "sub": f"system:serviceaccount:n:{subject}" * 20}
    parts = [json.dumps(part).encode() for part in ({"alg": "RS256", "kid": "k" * 40}, claims)]
    return ".".join(map(_urlsafe, [*parts, bytes(256)]))


def text(lines: list[str]) -> str:
    """Return lines as one text."""
    return "".join(f"{line}\n" for line in lines)


def _urlsafe(part: bytes) -> str:
    return base64.urlsafe_b64encode(part).decode().rstrip("=")
