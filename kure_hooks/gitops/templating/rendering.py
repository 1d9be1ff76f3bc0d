"""Values in which all texts are templates, as ApplicationSets have them (Argo CD 3.5)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from kure_hooks.gitops.templating.evaluating import rendered
from kure_hooks.gitops.templating.functions import from_yaml
from kure_hooks.gitops.templating.parsing import Node, parse
from kure_hooks.gitops.templating.signatures import READING
from kure_hooks.gitops.templating.values import (
    MOST_TEXT,
    Budget,
    TemplateError,
    UnknownError,
    too_long,
)

_OPENING, _CLOSING = "{{", "}}"
# Parsing a character takes so much longer than copying one.
_PARSING = 4

_parse = lru_cache(maxsize=1 << 10)(parse)
_SPACES = " \t\n\v\f\r\x85\xa0"


@dataclass(frozen=True, slots=True)
class Templates:
    """The kind of templates that an ApplicationSet has: those of Go with options, or `{{name}}`."""

    is_go: bool = False
    options: tuple[str, ...] = ()
    budget: Budget = field(default_factory=Budget, compare=False)
    _parsed: dict[str, tuple[Node, ...] | TemplateError | UnknownError] = field(
        default_factory=dict, compare=False, repr=False
    )

    def text(self, template: str, parameters: Mapping[str, Any]) -> str:
        """Return what a template makes of parameters.

        Raises TemplateError for a template that Argo CD refuses, UnknownError for one of Go's that
        is not followed.
        """
        if _OPENING not in template:
            return template
        if self.is_go:
            return rendered(self._nodes(template), parameters, self.options, self.budget)
        self.budget.spend(len(template))
        if not _is_templated(template):
            return template
        text = _replaced(template, parameters)
        self.budget.spend(len(text))
        return text

    def yaml(self, text: str) -> Any:
        """Return the value of the YAML that a template makes, None where there is none.

        Raises UnknownError for what can't be read.
        """
        self.budget.spend(len(text) * READING)
        return from_yaml(text)

    def _nodes(self, template: str) -> tuple[Node, ...]:
        """Return the nodes of a template, which is parsed once, also if it is none."""
        if template not in self._parsed:
            self.budget.spend(len(template) * _PARSING)
            try:
                self._parsed[template] = _parse(template)
            except (TemplateError, UnknownError) as error:
                self._parsed[template] = error
        self.budget.spend(0, steps=1)
        parsed = self._parsed[template]
        if isinstance(parsed, TemplateError | UnknownError):
            raise type(parsed)(str(parsed))
        return parsed

    def value(self, value: Any, parameters: Mapping[str, Any]) -> Any:
        """Return a value with all of its texts rendered, keys included; see `text`.

        Keys whose value is null are dropped.
        """
        self.budget.spend(0, values=1)
        if isinstance(value, str):
            return self.text(value, parameters)
        if isinstance(value, dict):
            return {
                self.text(key, parameters): self.value(item, parameters)
                for key, item in value.items()
                if item is not None
            }
        if isinstance(value, list):
            return [self.value(item, parameters) for item in value]
        return value

    def values(self, values: Any, parameters: Mapping[str, Any]) -> dict[str, str]:
        """Return the `values` of a generator, rendered with its own parameters."""
        texts = values if isinstance(values, dict) else {}
        return {key: self.text(str(text), parameters) for key, text in texts.items()}

    def strictly(self) -> "Templates":
        """Return the same templates, but each parameter has to be there."""
        others: Sequence[str] = [
            item for item in self.options if not item.startswith("missingkey=")
        ]
        return Templates(self.is_go, (*others, "missingkey=error"), self.budget, self._parsed)


def _is_templated(text: str) -> bool:
    """Tell whether a line of a text has a tag."""
    return any(_CLOSING in line.partition(_OPENING)[2] for line in text.split("\n"))


def _replaced(template: str, parameters: Mapping[str, Any]) -> str:
    """Return a text with parameters that are texts in the place of their names."""
    texts, at, length = [], 0, len(template)
    while (start := template.find(_OPENING, at)) >= 0:
        end = template.find(_CLOSING, start + len(_OPENING))
        if end < 0:
            message = "has a template with {{ and no }} after it"
            raise TemplateError(message)
        value = parameters.get(template[start + len(_OPENING) : end].strip(_SPACES))
        text, at = template[at:start], end + len(_CLOSING)
        texts += [text, value if isinstance(value, str) else template[start:at]]
        length += len(texts[-1]) - (at - start)
        if length > MOST_TEXT + len(template):
            raise too_long()
    written = "".join([*texts, template[at:]])
    if len(written) > MOST_TEXT:
        raise too_long()
    return written
