"""The `argocd` section of a bundle: what only an Application of Argo CD 3.5 has.

It goes before the fields that the bundle shares with Flux; for Flux it means nothing.
"""

from typing import Annotated, Any, Literal

from msgspec import Meta, field

from kure_hooks.config.argocd import Destination, Syncing
from kure_hooks.decoding.types import Annotations, Input, Labels, Name, Text, TextMap, Url, whole

SourcePath = Annotated[
    str,
    Meta(
        pattern=whole(r"(?!/)(?!([^\n]*/)?\.\.(/|$))[^\n]+"),
        description="a path inside of the repository, such as base/monitoring",
    ),
]


class Replicas(Input, frozen=True, kw_only=True):
    """The number of replicas of the workloads with a name."""

    name: Text
    count: Annotated[int, Meta(ge=0, description="0 or more")]


class Build(Input, frozen=True, kw_only=True):
    """Options of kustomize, beside those that a bundle shares with Flux."""

    replicas: tuple[Replicas, ...] = ()
    common_labels: Labels = {}
    force_common_labels: bool | None = None
    label_without_selector: bool | None = None
    label_include_templates: bool | None = None
    common_annotations: Annotations = {}
    force_common_annotations: bool | None = None
    common_annotations_envsubst: bool | None = None
    version: Text | None = None
    kube_version: Text | None = None
    api_versions: tuple[Text, ...] = ()


class PatchOfSource(Input, frozen=True, kw_only=True):
    """A patch, or the path of one inside of the source."""

    patch: Text | None = None
    path: Text | None = None
    target: TextMap = {}
    options: dict[str, bool] = {}


class KustomizeSource(Build, frozen=True, kw_only=True):
    """Options of kustomize for a source that is no bundle."""

    namespace: Name | None = None
    name_prefix: Text | None = None
    name_suffix: Text | None = None
    images: tuple[Text, ...] = ()
    patches: tuple[PatchOfSource, ...] = ()
    components: tuple[Text, ...] = ()
    ignore_missing_components: bool | None = None


class Parameter(Input, frozen=True, kw_only=True):
    """A value of a chart."""

    name: Text
    value: str
    force_string: bool | None = None


class FileParameter(Input, frozen=True, kw_only=True):
    """A value of a chart that is the content of a file."""

    name: Text
    path: Text


class HelmSource(Input, frozen=True, kw_only=True):
    """Options of Helm for rendering a chart."""

    release_name: Text | None = None
    namespace: Name | None = None
    version: Literal["v2", "v3"] | None = None
    value_files: tuple[Text, ...] = ()
    ignore_missing_value_files: bool | None = None
    values: Text | None = None
    values_object: dict[str, Any] = {}
    parameters: tuple[Parameter, ...] = ()
    file_parameters: tuple[FileParameter, ...] = ()
    skip_crds: bool | None = None
    skip_tests: bool | None = None
    skip_schema_validation: bool | None = None
    pass_credentials: bool | None = None
    kube_version: Text | None = None
    api_versions: tuple[Text, ...] = ()


class JsonnetVariable(Input, frozen=True, kw_only=True):
    """An external variable or a top-level argument."""

    name: Text
    value: str
    code: bool | None = None


class Jsonnet(Input, frozen=True, kw_only=True):
    """Options of Jsonnet."""

    ext_vars: tuple[JsonnetVariable, ...] = ()
    tlas: tuple[JsonnetVariable, ...] = ()
    libs: tuple[Text, ...] = ()


class DirectorySource(Input, frozen=True, kw_only=True):
    """The choice of files in a directory without a kustomization.yaml."""

    recurse: bool | None = None
    include: Text | None = None
    exclude: Text | None = None
    jsonnet: Jsonnet | None = None


class Source(Input, frozen=True, kw_only=True):
    """A source beside the bundle's own directory."""

    repo_url: Url = field(name="repoURL")
    target_revision: Text | None = None
    path: SourcePath | None = None
    chart: Text | None = None
    ref: Text | None = None
    name: Text | None = None
    tag_prefix: Text | None = None
    helm: HelmSource | None = None
    kustomize: KustomizeSource | None = None
    directory: DirectorySource | None = None


class OwnSource(Input, frozen=True, kw_only=True):
    """Fields of the first source of an Application, over what kure-hooks writes there.

    It is the bundle's own directory; or, with `chart`, a chart of the repository `repoURL`, or with
    `ref` and no payload the files of a repository that the other sources refer to.
    """

    repo_url: Text | None = field(default=None, name="repoURL")
    chart: Text | None = None
    ref: Text | None = None
    name: Text | None = None
    helm: HelmSource | None = None
    kustomize: KustomizeSource | None = None


class BundleArgocd(Syncing, frozen=True, kw_only=True):
    """Options of one bundle's Application; those left unset come from the cluster.

    Labels and annotations are for the Application alone, those of the bundle for its objects too. A
    destination that has only a namespace is on the cluster's server. `directory` and `helm` are for
    a bundle with a payload. `force` lets Argo CD delete and create each object anew at every sync.
    `wave` is the sync wave of the Application, which otherwise follows from what the bundle depends
    on.
    """

    labels: Labels = {}
    annotations: Annotations = {}
    project: Name | None = None
    destination: Destination | None = None
    target_revision: Text | None = None
    kustomize: Build | None = None
    directory: DirectorySource | None = None
    helm: HelmSource | None = None
    source: OwnSource | None = None
    sources: tuple[Source, ...] = ()
    wave: int | None = None
    force: bool = False
