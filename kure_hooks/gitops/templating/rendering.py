"""Values in which all texts are templates, as ApplicationSets have them (Argo CD 3.5)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from kure_hooks.gitops.templating.evaluating import rendered
from kure_hooks.gitops.templating.values import MOST_TEXT, Budget, TemplateError, UnknownError

_OPENING, _CLOSING = "{{", "}}"
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
        if not _is_templated(template):
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


def _is_templated(text: str) -> bool:
    """Tell whether a line of a text has a tag."""
    return any(_CLOSING in line.partition(_OPENING)[2] for line in text.split("\n"))


def _replaced(template: str, parameters: Mapping[str, Any]) -> str:
    """Return a text with parameters that are texts in the place of their names."""
    texts, at = [], 0
    while (start := template.find(_OPENING, at)) >= 0:
        end = template.find(_CLOSING, start + len(_OPENING))
        if end < 0:
            message = "has a template with {{ and no }} after it"
            raise TemplateError(message)
        value = parameters.get(template[start + len(_OPENING) : end].strip(_SPACES))
        text, at = template[at:start], end + len(_CLOSING)
        texts += [text, value if isinstance(value, str) else template[start:at]]
    written = "".join([*texts, template[at:]])
    if len(written) > MOST_TEXT:
        message = f"makes a text of more than {MOST_TEXT:,} characters"
        raise UnknownError(message)
    return written
