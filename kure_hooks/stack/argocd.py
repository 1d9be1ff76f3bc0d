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
        examples=["base/monitoring"],
    ),
]


class Replicas(Input, frozen=True, kw_only=True):
    """The number of replicas of the workloads with a name."""

    name: Text
    """The name of the workloads whose replicas are set."""
    count: Annotated[int, Meta(ge=0, description="0 or more")]
    """The number of replicas."""


class Build(Input, frozen=True, kw_only=True):
    """Options of kustomize, beside those that a bundle shares with Flux."""

    replicas: tuple[Replicas, ...] = ()
    """Numbers of replicas that kustomize sets, by the name of the workload."""
    common_labels: Labels = {}
    """Labels that kustomize adds to every object and, unless told otherwise, to its selectors."""
    force_common_labels: bool | None = None
    """Let `commonLabels` replace labels that the kustomization.yaml has already."""
    label_without_selector: bool | None = None
    """Leave selectors alone when `commonLabels` are added."""
    label_include_templates: bool | None = None
    """Add `commonLabels` to the templates of pods, too."""
    common_annotations: Annotations = {}
    """Annotations that kustomize adds to every object."""
    force_common_annotations: bool | None = None
    """Let `commonAnnotations` replace annotations that the kustomization.yaml has already."""
    common_annotations_envsubst: bool | None = None
    """Replace variables of Argo CD such as $ARGOCD_APP_NAME in `commonAnnotations`."""
    version: Text | None = None
    """The version of kustomize that builds, by the name that argocd-cm gives it."""
    kube_version: Text | None = None
    """The Kubernetes version that charts are rendered for. Without it that of the cluster."""
    api_versions: tuple[Text, ...] = ()
    """The API versions that charts are rendered for. Without it those of the cluster."""


class PatchOfSource(Input, frozen=True, kw_only=True):
    """A patch, or the path of one inside of the source."""

    patch: Text | None = None
    """The patch itself, as YAML in a string."""
    path: Text | None = None
    """The path of a file with the patch, inside the source."""
    target: TextMap = {}
    """What the patch is for, such as the kind and the name of the objects."""
    options: dict[str, bool] = {}
    """Options of kustomize for the patch, such as allowNameChange."""


class KustomizeSource(Build, frozen=True, kw_only=True):
    """Options of kustomize for a source that is no bundle."""

    namespace: Name | None = None
    """The namespace that replaces that of all objects."""
    name_prefix: Text | None = None
    """A text in front of the names of all objects."""
    name_suffix: Text | None = None
    """A text behind the names of all objects."""
    images: tuple[Text, ...] = ()
    """Images that are replaced, each as OLD=NEW:TAG or NAME:TAG."""
    patches: tuple[PatchOfSource, ...] = ()
    """Patches of the objects of the source."""
    components: tuple[Text, ...] = ()
    """Directories with components of kustomize, relative to the source's path."""
    ignore_missing_components: bool | None = None
    """Build without the components that do not exist."""


class Parameter(Input, frozen=True, kw_only=True):
    """A value of a chart."""

    name: Text
    """The dotted path of the value in the chart, such as image.tag."""
    value: str
    """The value as a string, which Helm reads as --set does."""
    force_string: bool | None = None
    """Keep the value a string, as --set-string does."""


class FileParameter(Input, frozen=True, kw_only=True):
    """A value of a chart that is the content of a file."""

    name: Text
    """The dotted path of the value in the chart."""
    path: Text
    """The path of the file with the content, inside the source."""


class HelmSource(Input, frozen=True, kw_only=True):
    """Options of Helm for rendering a chart."""

    release_name: Text | None = None
    """The name of the release. Without it the name of the Application."""
    namespace: Name | None = None
    """The namespace that the chart is rendered for. Without it that of the destination."""
    version: Literal["v2", "v3"] | None = None
    """The major version of Helm. Argo CD 3.5 has one only and ignores it."""
    value_files: tuple[Text, ...] = ()
    """Files with values, relative to the chart, or as $REF/PATH in another source."""
    ignore_missing_value_files: bool | None = None
    """Render the chart without the values files that do not exist."""
    values: Text | None = None
    """The values as YAML in a string. Where `valuesObject` is set it wins."""
    values_object: dict[str, Any] = {}
    """The values of the chart."""
    parameters: tuple[Parameter, ...] = ()
    """Single values of the chart, which win over all others."""
    file_parameters: tuple[FileParameter, ...] = ()
    """Single values that are the content of files."""
    skip_crds: bool | None = None
    """Leave out the CRDs of the chart."""
    skip_tests: bool | None = None
    """Leave out the tests of the chart."""
    skip_schema_validation: bool | None = None
    """Take values that the chart's values.schema.json refuses."""
    pass_credentials: bool | None = None
    """Send the credentials of the repository to other domains, too."""
    kube_version: Text | None = None
    """The Kubernetes version that the chart is rendered for. Without it that of the cluster."""
    api_versions: tuple[Text, ...] = ()
    """The API versions that the chart is rendered for. Without it those of the cluster."""


class JsonnetVariable(Input, frozen=True, kw_only=True):
    """An external variable or a top-level argument."""

    name: Text
    """The name of the variable."""
    value: str
    """The value of the variable, a string or Jsonnet code."""
    code: bool | None = None
    """True where the value is Jsonnet code."""


class Jsonnet(Input, frozen=True, kw_only=True):
    """Options of Jsonnet."""

    ext_vars: tuple[JsonnetVariable, ...] = ()
    """External variables of Jsonnet."""
    tlas: tuple[JsonnetVariable, ...] = ()
    """Top-level arguments of Jsonnet."""
    libs: tuple[Text, ...] = ()
    """Directories of Jsonnet libraries, inside the source."""


class DirectorySource(Input, frozen=True, kw_only=True):
    """The choice of files in a directory without a kustomization.yaml."""

    recurse: bool | None = None
    """Take the files of the directories below as well. Without it only those of the directory
    itself."""
    include: Text | None = None
    """A pattern of the files to take, such as {a.yaml,b/*.yaml}."""
    exclude: Text | None = None
    """A pattern of the files to leave out. It wins over `include`."""
    jsonnet: Jsonnet | None = None
    """Options for the Jsonnet files of the directory."""


class Source(Input, frozen=True, kw_only=True):
    """A source beside the bundle's own directory."""

    repo_url: Url = field(name="repoURL")
    """The URL of the Git repository, Helm repository or OCI registry."""
    target_revision: Text | None = None
    """The branch, tag or commit, or the version of the chart."""
    path: SourcePath | None = None
    """The directory inside the repository that is applied."""
    chart: Text | None = None
    """The name of the chart in a Helm repository."""
    ref: Text | None = None
    """The name by which other sources refer to the files of this one, as $REF."""
    name: Text | None = None
    """The name of the source on Argo CD's pages."""
    tag_prefix: Text | None = None
    """The beginning of the Git tags among which a version is chosen, such as web-."""
    helm: HelmSource | None = None
    """Options of Helm for rendering this source."""
    kustomize: KustomizeSource | None = None
    """Options of kustomize for building this source."""
    directory: DirectorySource | None = None
    """Which files of a plain directory are taken."""


class OwnSource(Input, frozen=True, kw_only=True):
    """Fields of the first source of an Application, over what kure-hooks writes there.

    It is the bundle's own directory; or, with `chart`, a chart of the repository `repoURL`, or with
    `ref` and no payload the files of a repository that the other sources refer to.
    """

    repo_url: Text | None = field(default=None, name="repoURL")
    """The repository of the `chart` or the files, where it is not the bundle's own."""
    chart: Text | None = None
    """The name of a chart that the Application renders, with the version in `targetRevision`."""
    ref: Text | None = None
    """The name by which the other sources refer to these files, as $REF."""
    name: Text | None = None
    """The name of the source on Argo CD's pages."""
    helm: HelmSource | None = None
    """Options of Helm for rendering this source."""
    kustomize: KustomizeSource | None = None
    """Options of kustomize for building this source."""


class BundleArgocd(Syncing, frozen=True, kw_only=True):
    """Options of one bundle's Application; those left unset come from the cluster.

    Labels and annotations are for the Application alone, those of the bundle for its objects too. A
    destination that has only a namespace is on the cluster's server. `directory` and `helm` are for
    a bundle with a payload. `force` lets Argo CD delete and create each object anew at every sync.
    `wave` is the sync wave of the Application, which otherwise follows from what the bundle depends
    on.
    """

    labels: Labels = {}
    """Labels for the Application alone."""
    annotations: Annotations = {}
    """Annotations for the Application alone."""
    project: Name | None = None
    """The AppProject of the Application. Without it that of the cluster."""
    destination: Destination | None = None
    """The cluster and namespace that the Application is applied to. Without it those of the
    cluster."""
    target_revision: Text | None = None
    """The branch, tag or commit that is synced. Without it that of the cluster."""
    kustomize: Build | None = None
    """Options of kustomize that Flux does not have."""
    directory: DirectorySource | None = None
    """Which files are taken of a `payload` without kustomization.yaml."""
    helm: HelmSource | None = None
    """Options of Helm for a `payload` that is a chart."""
    source: OwnSource | None = None
    """Fields of the first source of the Application. They go over what is generated."""
    sources: tuple[Source, ...] = ()
    """More sources of the Application, beside the bundle's own directory."""
    wave: int | None = None
    """The sync wave of the Application. Without it it follows from `dependsOn`."""
    force: bool = False
    """Delete and create each object again at every sync. This interrupts what runs."""
