"""A ClusterSet as it is written: its parameters, its table and its template."""

from typing import Annotated, Any, Literal

from msgspec import Meta, field

from kure_hooks.decoding.types import Input, Name, whole
from kure_hooks.stack.documents import ClusterBody, Metadata

Value = str | int | float | bool
"""The value of a parameter."""

ParameterName = Annotated[
    str,
    Meta(
        pattern=whole("[A-Za-z_][A-Za-z0-9_-]*"),
        max_length=63,
        description=(
            "a name of letters, digits, '_' and '-' that begins with a letter or '_', at most 63"
        ),
        examples=["region"],
    ),
]

Table = Annotated[
    str,
    Meta(
        pattern=whole(r"[^\n]*\.(csv|yaml|yml)"),
        description="a file that ends with .csv, .yaml or .yml, relative to this one",
        examples=["../tables/edge.csv"],
    ),
]


class SetParameter(Input, frozen=True, kw_only=True):
    """A parameter: each row of the table has a value of it."""

    name: ParameterName
    """The name of the parameter. The template refers to it as `${params.NAME}`."""
    type: Literal["string", "integer", "number", "boolean"] = "string"
    """The type of its values.

    - `string`: A text in one line.
    - `integer`: A whole number.
    - `number`: A number, with or without a decimal point.
    - `boolean`: The value true or false.
    """
    enum: Annotated[tuple[Value, ...], Meta(max_length=1_000)] = ()
    """The values that are allowed. Without it all values of the type are."""
    pattern: Annotated[str, Meta(min_length=1, max_length=500)] | None = None
    """A regular expression that a string has to match as a whole. It has no look-around and no
    back references."""
    default: Value | None = None
    """The value of rows that give none."""
    required: bool | None = None
    """Whether each row has to give a value. Without it that is so for a parameter without a
    default. A string that is not required is empty by default."""
    description: str = ""
    """A text for people who fill in the table. It is written nowhere."""


class TableRef(Input, frozen=True, kw_only=True):
    """A file with the table."""

    from_: Table = field(name="from")
    """The file with the table, relative to this one. A CSV file has the names of the parameters in
    its first line; a YAML file is a list of mappings."""


class ClusterTemplate(Input, frozen=True, kw_only=True):
    """The cluster that a row makes, with parameters or with the values of the row."""

    metadata: Metadata
    """The name of each cluster, which has a parameter in it, and labels and annotations."""
    spec: ClusterBody = ClusterBody()
    """What each cluster consists of: its GitOps tool, its layout and its tree of nodes."""


class ClusterSetBody(Input, frozen=True, kw_only=True):
    """Many clusters that differ in a few values."""

    parameters: Annotated[tuple[SetParameter, ...], Meta(max_length=100)] = ()
    """The parameters of the template. Each value of the table is held against them."""
    clusters: TableRef | tuple[dict[str, Value | None], ...]
    """The table: a list with a mapping of values for each cluster, or the file that has it."""
    template: dict[str, Any]
    """The cluster that each row makes: its `metadata` and `spec`, as in a Cluster document.
    `${params.NAME}` stands for the value of the row. See
    https://github.com/kure-hooks/kure-hooks/blob/main/docs/cluster-sets.md"""


class SetMetadata(Input, frozen=True, kw_only=True):
    """The metadata of a cluster set."""

    name: Name
    """The name of the set. It is written nowhere."""


class ClusterSetDocument(Input, frozen=True, kw_only=True):
    """Many clusters from one template and a table."""

    api_version: Literal["stack.gokure.dev/v1alpha1"]
    """The API of stack files, with its version."""
    kind: Literal["ClusterSet"]
    """The kind of this document, a set of clusters that differ in a few values."""
    metadata: SetMetadata
    """The name of the set."""
    spec: ClusterSetBody
    """The parameters, the table and the template of the set."""


FIELDS: dict[str, frozenset[str]] = {
    "Metadata": frozenset({"name", "labels", "annotations"}),
    "ClusterBody": frozenset({"description", "profile", "overrides"}),
    "Gitops": frozenset({"createNamespaces", "externalNamespaces"}),
    "Bootstrap": frozenset(
        (
            *("enabled", "fluxVersion", "manifests", "registry", "imagePullSecret"),
            *("clusterDomain", "sourceURL", "sourceRef", "sourceSecret", "chartVersion"),
            *("argoCDVersion", "argoCDNamespace"),
        )
    ),
    "FluxSpec": frozenset({"namespace", "interval", "retryInterval", "labels", "annotations"}),
    "ArgocdSpec": frozenset(
        (
            *("namespace", "repoURL", "targetRevision", "project", "destination"),
            *("labels", "annotations", "info"),
        )
    ),
    "NodeDoc": frozenset({"name", "path", "overrides"}),
    "PackageRef": frozenset({"name", "namespace", "url"}),
    "BundleDoc": frozenset(
        (
            *("name", "path", "labels", "annotations", "description", "dependsOn", "sourceRef"),
            *("payload", "interval", "timeout", "retryInterval", "prune", "wait", "force"),
            *("suspend", "targetNamespace", "namePrefix", "nameSuffix", "components", "images"),
            *("commonMetadata", "serviceAccountName", "kubeConfig", "overrides"),
        )
    ),
    "DependencyDoc": frozenset({"name", "namespace"}),
    "PostBuild": frozenset({"substitute"}),
    "BundleFlux": frozenset({"name", "namespace", "labels", "annotations"}),
    "BundleArgocd": frozenset(
        {"project", "destination", "targetRevision", "labels", "annotations", "info"}
    ),
    "ApplicationRef": frozenset(
        {"name", "namespace", "path", "labels", "annotations", "spec", "overrides"}
    ),
}
"""The keys in whose values, or anywhere below, parameters are replaced, by the type that has them.

A type that is listed itself has its own keys alone. No parameter is replaced in what is a language
of its own, such as a patch or an expression in CEL, nor in what decides about the shape of a stack.
"""
