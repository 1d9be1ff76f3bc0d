"""Rules of CRDs in CEL, as tests write them."""

from typing import Any

from kure_hooks.cel.rules import ABSENT, Rules

TEXT = {"type": "string"}
INTEGER = {"type": "integer"}


def rules(schema: dict[str, Any], *expressions: Any, root: bool = False) -> Rules:
    """Return the rules of a schema: expressions, or rules with more keys than `rule`."""
    declared = [{"rule": rule} if isinstance(rule, str) else rule for rule in expressions]
    return Rules({**schema, "x-kubernetes-validations": declared}, {}, root=root)


def messages(schema: dict[str, Any], rule: Any, value: Any, old: Any = ABSENT) -> list[str]:
    """Return what a value has against one rule."""
    made = rules(schema, rule)
    assert made.problems == []
    return [violation.message for violation in made.violations(value, old)]


def nodes(schema: Any, *, root: bool = False) -> Any:
    """Yield each node of a structural schema that has rules, and whether it is the root."""
    if not isinstance(schema, dict):
        return
    if schema.get("x-kubernetes-validations"):
        yield schema, root
    for inner in (schema.get("properties") or {}).values():
        yield from nodes(inner)
    yield from nodes(schema.get("items"))
    yield from nodes(schema.get("additionalProperties"))


def obj(**properties: Any) -> dict[str, Any]:
    """Return the schema of an object."""
    return {"type": "object", "properties": properties}


def array(items: Any, **more: Any) -> dict[str, Any]:
    """Return the schema of a list."""
    return {"type": "array", "items": items, **more}
