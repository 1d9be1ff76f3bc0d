"""The rules that Flux CD and Argo CD share."""

from collections.abc import Mapping

from kure_hooks.rules.rule import ERROR, WARNING, Rule

_KUSTOMIZE = "kustomize 5.8"
_BOTH = "Flux 2.9, Argo CD 3.5"

RULES: Mapping[str, Rule] = {
    "EN001": Rule(
        "Source without the generated files",
        ERROR,
        "The files of a bundle are written to this repository, but its source is another one, "
        "where the GitOps tool would not find them.",
        "Name the directory of that source as payload.path, name a source of this repository, or "
        "use a packageRef.",
        _BOTH,
    ),
    "EN002": Rule(
        "Package from this repository",
        ERROR,
        "A package has a root of its own, so its paths don't exist in the repository as a whole.",
        "Remove the packageRef, or give it the URL of the package.",
        _BOTH,
    ),
    "EN004": Rule(
        "Prefix or suffix that spoils a name",
        ERROR,
        "With the prefix or suffix of its bundle an object gets a name that Kubernetes refuses.",
        "Shorten the prefix, the suffix or the name.",
        "Kubernetes 1.34",
    ),
    "EN005": Rule(
        "Patch that can't be applied",
        ERROR,
        "A patch of a bundle can't be read, or changes something that its object does not have, so "
        "the build on the cluster would fail.",
        "Correct the patch.",
        _KUSTOMIZE,
    ),
    "EN006": Rule(
        "Patch of no object",
        ERROR,
        "No object of the bundle is the target of the patch. A patch without a target object fails "
        "the build or has no effect. It is a warning where a component may bring the object.",
        "Name an object that the bundle has.",
        _KUSTOMIZE,
    ),
    "EN007": Rule(
        "Patch of a GitOps object that can't be applied",
        ERROR,
        "A patch can't be read, can't be applied, or makes something else of the GitOps object "
        "than kure-hooks relies on.",
        "Correct the patch.",
        _KUSTOMIZE,
    ),
    "EN008": Rule(
        "Patch of no GitOps object",
        ERROR,
        "Neither the cluster nor the bundle has a GitOps object that the patch is for.",
        "Name an object that is generated.",
    ),
    "EN009": Rule(
        "Object broken by its variables",
        ERROR,
        "With its variables replaced, an object is no YAML, or none for Kubernetes.",
        "Change the value of the variable, or put the string in quotes.",
        "Flux 2.9 (kustomize-controller 1.9)",
    ),
    "EN010": Rule(
        "Variables from a ConfigMap outside of the stack",
        ERROR,
        "Variables are replaced at generation here, and the ConfigMap with their values is not in "
        "the stack.",
        "Add the ConfigMap to the stack, or write the values under postBuild.substitute.",
    ),
    "EN012": Rule(
        "Release manifest of an unknown shape",
        ERROR,
        "An object of the release lacks fields that the bootstrap relies on.",
        "Record the manifests of an official release.",
        _BOTH,
    ),
    "EN013": Rule(
        "Directory that can't be built",
        ERROR,
        "The directory that a bundle names as its payload, or that an application of kind "
        "Kustomize takes in, is not there, or the GitOps tool could not build it, so nothing of it "
        "would be applied.",
        "Name a directory of the repository that builds, or correct its files.",
        _BOTH,
    ),
    "EN014": Rule(
        "Directory with generated files",
        ERROR,
        "The directory is inside the generated tree of its cluster or holds it, so its files would "
        "be taken for generated ones, or the tree would be applied twice.",
        "Move the directory, or choose another output in .kure-hooks.yaml.",
    ),
    "EN015": Rule(
        "Payload of two bundles",
        ERROR,
        "Two bundles apply the same objects to the same place. Each changes them back when the "
        "other has changed them, and deletes them when it is removed.",
        "Let one bundle apply the directory, or give each one of its own.",
        _BOTH,
    ),
    "NS001": Rule(
        "Namespace that nothing makes",
        WARNING,
        "Objects are in a namespace that neither the stack nor the GitOps tool makes. Applying "
        "them fails until somebody makes it.",
        "Add a Namespace, set gitops.createNamespaces, or list it under gitops.externalNamespaces.",
        _BOTH,
    ),
}
"""EN: what both tools need. KZ: what kustomize builds. NS: namespaces."""
