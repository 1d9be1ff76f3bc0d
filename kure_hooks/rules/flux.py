"""The rules of Flux CD.

Numbers below 100 are those of faults that any Flux repository can have, whoever wrote it.
"""

from collections.abc import Mapping

from kure_hooks.rules.rule import ERROR, WARNING, Rule

_FLUX = "Flux 2.9"
_KUSTOMIZE = "Flux 2.9 (kustomize-controller 1.9)"
_SOURCE = "Flux 2.9 (source-controller 1.9)"
_OPERATOR = "Flux 2.9 and its operator"

RULES: Mapping[str, Rule] = {
    "FX030": Rule(
        "Git source without a revision",
        WARNING,
        "Flux takes the branch master, which many repositories do not have.",
        "Name a branch, a tag, a commit or a range of versions.",
        _SOURCE,
    ),
    "FX032": Rule(
        "File left out of the artifact",
        ERROR,
        "The file is in the repository, but a pattern of .sourceignore, or one that Flux always "
        "has, keeps it from the cluster, so that the build there fails or lacks it.",
        "Rename the file, or add the line of the finding that keeps it.",
        _SOURCE,
    ),
    "FX033": Rule(
        "Encrypted Secret without decryption",
        WARNING,
        "SOPS has encrypted the Secret, and the bundle has no decryption, so Flux applies the "
        "encrypted values.",
        "Add decryption with provider: sops and the Secret of its keys.",
        _KUSTOMIZE,
    ),
    "FX101": Rule(
        "Source that Flux can't have",
        ERROR,
        "A source has fields of another kind, lacks one that its kind needs, or has a value that "
        "Flux refuses.",
        "Change the field of the finding.",
        _SOURCE,
    ),
    "FX102": Rule(
        "Source with two definitions",
        ERROR,
        "Bundles name the same source and give it different fields; it is one object.",
        "Write the same fields, or name the sources differently.",
        _SOURCE,
    ),
    "FX103": Rule(
        "Remote cluster without exactly one reference",
        ERROR,
        "A kubeConfig refers to a Secret or to a ConfigMap.",
        "Write either secretRef or configMapRef.",
        _KUSTOMIZE,
    ),
    "FX104": Rule(
        "Dependency in another namespace",
        ERROR,
        "All Kustomizations of a cluster are in one namespace, so the dependency is not there.",
        "Remove the namespace, or write external: true.",
        _KUSTOMIZE,
    ),
    "FX106": Rule(
        "Umbrella on another cluster",
        ERROR,
        "With a kubeConfig, Flux looks for the Kustomizations below the umbrella on the remote "
        "cluster, where they are not.",
        "Write kubeConfig in the bundles that have no others below them.",
        _KUSTOMIZE,
    ),
    "FX107": Rule(
        "Name taken by the bootstrap",
        ERROR,
        "Flux's own Kustomization and source already have the name.",
        "Choose another name.",
        _FLUX,
    ),
    "FX108": Rule(
        "Bundle that renames Kustomizations",
        ERROR,
        "A prefix, a suffix or a target namespace also changes the Kustomizations in the payload, "
        "which nothing finds then.",
        "Use fluxPlacement: separate, or remove the key.",
        _KUSTOMIZE,
    ),
    "FX109": Rule(
        "Umbrella that does not wait for its payload",
        WARNING,
        "Flux checks the children of an umbrella by name, because they are applied from elsewhere, "
        "and nothing here knows the names of the objects in its payload.",
        "Write the workloads of the payload as healthChecks.",
        _FLUX,
    ),
    "FX110": Rule(
        "Source that only Argo CD has",
        ERROR,
        "The bundle names a chart or files for other sources in the place of a directory, which an "
        "Application can be made of and a Kustomization can not.",
        "Use an application of kind HelmChart, or name a payload.",
        _FLUX,
    ),
    "FX120": Rule(
        "Bootstrap without its source",
        ERROR,
        "Flux can't sync a repository without its URL and a reference, which are never made up.",
        "Add sourceURL or sourceRef.",
        _OPERATOR,
    ),
    "FX121": Rule(
        "Components that can't sync",
        ERROR,
        "Without these controllers Flux applies nothing.",
        "Add the component.",
        _FLUX,
    ),
    "FX122": Rule(
        "Version of Flux that does not fit",
        ERROR,
        "The version is none, or lacks components that are chosen.",
        "Write a version such as 2.9.3, or a range such as 2.9.x.",
        _FLUX,
    ),
    "FX123": Rule(
        "Key without a meaning in this bootstrap",
        ERROR,
        "The key is for another mode of the bootstrap, or a patch of the FluxInstance can't be "
        "read.",
        "Delete the key, or choose the mode that has it.",
        _OPERATOR,
    ),
    "FX124": Rule(
        "Remote release that is not exact",
        ERROR,
        "What is fetched is one release of Flux as it is: it needs an exact version and can't be "
        "customised.",
        "Name a version such as 2.9.3, or vendor the manifests.",
        _FLUX,
    ),
    "FX125": Rule(
        "Bootstrap that does not install Flux",
        WARNING,
        "Nothing of the bootstrap installs the controllers, so the cluster must have them already.",
        "Record a release with `kure-hooks vendor`, or write `manifests: none`.",
        _OPERATOR,
    ),
    "FX126": Rule(
        "Release without its controllers",
        ERROR,
        "The manifests lack a Deployment that the bootstrap needs.",
        "Record the manifests of the mode that `fluxMode` names.",
        _OPERATOR,
    ),
    "FX127": Rule(
        "Release of another version",
        ERROR,
        "The manifests are of another version than `fluxVersion`.",
        "Write the version of the manifests, or record those of the version.",
        _FLUX,
    ),
    "FX128": Rule(
        "Components beside the stages of a chart",
        ERROR,
        "A rendered chart with hooks becomes a Kustomization for each stage, and components would "
        "be built into all of them, most of which lack the objects that they change.",
        "Move the chart to a bundle without components.",
        _KUSTOMIZE,
    ),
    "FX129": Rule(
        "Chart that no source delivers",
        ERROR,
        "A HelmRelease takes a chart by its path from a GitRepository or a Bucket. The bundle's "
        "source is of another kind, or a package that does not hold the chart.",
        "Set `render: true`, or name a source that has the chart.",
        "Flux 2.9 (helm-controller 1.5)",
    ),
}
"""FX: Flux."""
