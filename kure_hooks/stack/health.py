"""The health of objects: those that are waited for, and expressions in CEL that tell it."""

from collections.abc import Iterable, Iterator

from kure_hooks.decoding.types import Input, Name, Text
from kure_hooks.stack.expressions import expression_problems
from kure_hooks.yamlio.place import Problem


class HealthCheck(Input, frozen=True, kw_only=True):
    """An object whose health is waited for."""

    api_version: Text | None = None
    """The API version of the object, such as apps/v1."""
    kind: Text
    """The kind of the object, such as Deployment."""
    name: Text
    """The name of the object whose health is waited for."""
    namespace: Name | None = None
    """The namespace of the object. Leave it out for a kind outside namespaces."""


class HealthCheckExpr(Input, frozen=True, kw_only=True):
    """The health of a kind, in CEL."""

    api_version: Text
    """The API version of the kind whose health this tells, such as cert-manager.io/v1."""
    kind: Text | None = None
    """The kind whose health this tells, such as Certificate."""
    current: Text
    """An expression in CEL that is true when the object is healthy."""
    in_progress: Text | None = None
    """An expression in CEL that is true while the object is not ready yet."""
    failed: Text | None = None
    """An expression in CEL that is true when the object has failed, so that nothing is waited for
    any longer."""


def health_problems(
    expressions: Iterable[HealthCheckExpr],
) -> Iterator[Problem]:
    """Yield which expressions of health checks are no CEL; pointers begin with an index."""
    for at, each in enumerate(expressions):
        texts = {"current": each.current, "inProgress": each.in_progress, "failed": each.failed}
        yield from expression_problems(((at, key), text) for key, text in texts.items())
