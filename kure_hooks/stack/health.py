"""The health of objects: those that are waited for, and expressions in CEL that tell it."""

from collections.abc import Iterable, Iterator

from kure_hooks.decoding.types import Input, Name, Text
from kure_hooks.stack.expressions import expression_problems
from kure_hooks.yamlio.place import Problem


class HealthCheck(Input, frozen=True, kw_only=True):
    """An object whose health is waited for."""

    api_version: Text | None = None
    kind: Text
    name: Text
    namespace: Name | None = None


class HealthCheckExpr(Input, frozen=True, kw_only=True):
    """The health of a kind, in CEL."""

    api_version: Text
    kind: Text | None = None
    current: Text
    in_progress: Text | None = None
    failed: Text | None = None


def health_problems(
    expressions: Iterable[HealthCheckExpr],
) -> Iterator[Problem]:
    """Yield which expressions of health checks are no CEL; pointers begin with an index."""
    for at, each in enumerate(expressions):
        texts = {"current": each.current, "inProgress": each.in_progress, "failed": each.failed}
        yield from expression_problems(((at, key), text) for key, text in texts.items())
