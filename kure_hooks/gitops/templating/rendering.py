"""Values in which all texts are templates, as ApplicationSets have them (Argo CD 3.5)."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from kure_hooks.gitops.templating.evaluating import rendered
from kure_hooks.gitops.templating.values import MOST_TEXT, Budget, TemplateError, UnknownError

_TEMPLATED = re.compile(r"\{\{.*?\}\}")
_TAG = re.compile(r"\{\{(.*?)\}\}", re.DOTALL)
_SPACES = " \t\n\v\f\r\x85\xa0"


@dataclass(frozen=True, slots=True)
class Templates:
    """The kind of templates that an ApplicationSet has: those of Go with options, or `{{name}}`."""

    is_go: bool = False
    options: tuple[str, ...] = ()
    budget: Budget = field(default_factory=Budget, compare=False)

    def text(self, template: str, parameters: Mapping[str, Any]) -> str:
        """Return what a template makes of parameters.

        Raises TemplateError for a template that Argo CD refuses, UnknownError for one of Go's that
        is not followed.
        """
        if self.is_go:
            return rendered(template, parameters, self.options, self.budget)
        if not _TEMPLATED.search(template):
            return template
        text = _replaced(template, parameters)
        self.budget.spend(len(text))
        return text

    def value(self, value: Any, parameters: Mapping[str, Any]) -> Any:
        """Return a value with all of its texts rendered, keys included; see `text`.

        Keys whose value is null are dropped.
        """
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
        return Templates(self.is_go, (*others, "missingkey=error"), self.budget)


def _replaced(template: str, parameters: Mapping[str, Any]) -> str:
    """Return a text with parameters that are texts in the place of their names."""
    tags = [*_TAG.finditer(template)]
    if "{{" in template[tags[-1].end() :]:
        message = "has a template with {{ and no }} after it"
        raise TemplateError(message)

    def replacement(tag: re.Match[str]) -> str:
        value = parameters.get(tag[1].strip(_SPACES))
        return value if isinstance(value, str) else tag[0]

    written = _TAG.sub(replacement, template)
    if len(written) > MOST_TEXT:
        message = f"makes a text of more than {MOST_TEXT:,} characters"
        raise UnknownError(message)
    return written
