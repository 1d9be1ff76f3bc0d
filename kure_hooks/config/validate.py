"""The settings of validation: the version of Kubernetes, and where schemas are."""

import re
from typing import Annotated, Literal

from msgspec import Meta

from kure_hooks.decoding.types import Input, Text, whole
from kure_hooks.errors import ReadError
from kure_hooks.files.paths import path_problem
from kure_hooks.files.tree import Tree

KUBERNETES = r"1\.(?:0|[1-9][0-9]{0,3})(?:\.(?:0|[1-9][0-9]{0,3}))?"
"""The pattern of a version of Kubernetes, with or without its patch number."""

# Those that a template of kubeconform has (v0.8.0).
LOCATION_VARIABLE = re.compile(r"{{ ?\.([A-Za-z]{1,40}) ?}}")
_LOCATION_VARIABLES = frozenset(
    {
        "Group",
        "KindSuffix",
        "NormalizedKubernetesVersion",
        "ResourceAPIVersion",
        "ResourceKind",
        "StrictSuffix",
    }
)


class Validate(Input, frozen=True, kw_only=True):
    """The validation of manifests: the Kubernetes version, and where schemas are."""

    kubernetes: Annotated[
        str,
        Meta(
            pattern=whole(KUBERNETES),
            description='a Kubernetes version such as "1.34"',
            examples=["1.34"],
        ),
    ] = "1.34"
    """The Kubernetes version whose schemas judge the manifests. Put it in quotes."""
    schema_locations: tuple[Text, ...] = ()
    """CRDs, or directories of CRDs or JSON Schemas, below the root of the repository. They judge
    custom resources."""
    unknown: Literal["error", "warn", "skip"] = "warn"
    """What comes of custom resources without a schema.

    - `error`: The check fails.
    - `warn`: They are reported, and the check goes on.
    - `skip`: Nobody hears of them.
    """
    on_generate: bool = True
    """Refuse stacks whose objects the API server would refuse, also in `generate` and `check`."""


def location_problem(location: str) -> str | None:
    """Return why schemas can't be at a location, as the end of a sentence, or None."""
    known = _LOCATION_VARIABLES
    path = LOCATION_VARIABLE.sub(lambda match: "x" if match[1] in known else match[0], location)
    if "{{" in path or "}}" in path:
        names = ", ".join(f"{{{{.{name}}}}}" for name in sorted(known))
        return f"has another template than {names}"
    return path_problem(path)


def is_there(tree: Tree, location: str) -> bool:
    """Tell whether a tree has a location; of one with a template the directory before that."""
    fixed, template, _ = location.partition("{{")
    path = fixed.rpartition("/")[0] if template else location
    try:
        return bool(tree.paths(path))
    except ReadError:
        return True  # in another repository, where whoever reads it says what is wrong
