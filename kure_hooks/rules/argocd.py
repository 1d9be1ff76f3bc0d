"""The rules of Argo CD."""

from collections.abc import Mapping

from kure_hooks.rules.rule import ERROR, WARNING, Rule

_ARGOCD = "Argo CD 3.5"

RULES: Mapping[str, Rule] = {
    "AC001": Rule(
        "No repository for Argo CD",
        ERROR,
        "Every Application names the repository that it is read from; its URL is never made up.",
        "Set gitops.argocd.repoURL in the stack or argocd.repoURL in .kure-hooks.yaml.",
        _ARGOCD,
    ),
    "AC002": Rule(
        "Field that Argo CD has no equivalent for",
        ERROR,
        "The field changes what is on the cluster with Flux, and Argo CD can't do the same.",
        "Remove the field, or use what the finding names instead.",
        _ARGOCD,
    ),
    "AC003": Rule(
        "Field without effect under Argo CD",
        WARNING,
        "Argo CD ignores the field, or has it for all Applications at once.",
        "Remove the field, or set what the finding names instead.",
        _ARGOCD,
    ),
    "AC004": Rule(
        "StatefulSet that is never in sync",
        WARNING,
        "Under server-side apply Argo CD takes the defaults in claim templates for a difference "
        "that no sync removes, and what waits for the Application waits for ever.",
        "Write the fields into the claim template.",
        "Argo CD 3.5 (argo-cd#11143)",
    ),
    "AC005": Rule(
        "Chart outside of its namespace",
        WARNING,
        "The project permits objects in the namespace of the release only, and Argo CD refuses "
        "what a chart has in others.",
        "List the namespaces under gitops.argocd.projectSpec.destinations.",
        _ARGOCD,
    ),
    "AC006": Rule(
        "Project that refuses its Applications",
        ERROR,
        "A patch or a projectSpec takes away what an Application needs, so Argo CD syncs nothing "
        "of it.",
        "Permit the source, the destination and the kinds that the finding names.",
        _ARGOCD,
    ),
    "AC007": Rule(
        "Variables from a Secret",
        ERROR,
        "Variables are replaced at generation, which would write the Secret into the repository.",
        "Take the variables from a ConfigMap of the stack.",
        _ARGOCD,
    ),
    "AC008": Rule(
        "Variables in a chart",
        ERROR,
        "Argo CD renders the chart itself, so variables in its values are not replaced.",
        "Write the values themselves.",
        _ARGOCD,
    ),
    "AC010": Rule(
        "Source that Argo CD can't resolve",
        ERROR,
        "Argo CD has no source objects: it needs a Git or OCI repository with its URL.",
        "Add the URL, or use another kind of source.",
        _ARGOCD,
    ),
    "AC011": Rule(
        "Source that can't be fetched",
        ERROR,
        "The URL or the revision is none that the kind of source can have.",
        "Change the key of the finding.",
        _ARGOCD,
    ),
    "AC012": Rule(
        "Field of a source that Argo CD does not have",
        ERROR,
        "The field would be lost, and another state of the source would be applied.",
        "Remove the field.",
        _ARGOCD,
    ),
    "AC013": Rule(
        "Layer that Argo CD can't read",
        ERROR,
        "Argo CD unpacks the layer of an artifact and can't copy it as it is.",
        "Publish an artifact whose layer is unpacked.",
        _ARGOCD,
    ),
    "AC014": Rule(
        "Name taken by the bootstrap",
        ERROR,
        "An Application of the bootstrap already has the name.",
        "Choose another name.",
        _ARGOCD,
    ),
    "AC015": Rule(
        "Metadata of a namespace that is not created",
        ERROR,
        "managedNamespaceMetadata has no effect unless Argo CD creates the namespace.",
        "Add CreateNamespace=true to the syncOptions.",
        _ARGOCD,
    ),
    "AC016": Rule(
        "Sync options or differences that contradict",
        ERROR,
        "A sync option is there twice, or a difference does not say what it is about.",
        "Keep each option once, and name the fields of the difference.",
        _ARGOCD,
    ),
    "AC017": Rule(
        "Additional source that is not whole",
        ERROR,
        "A source of an Application says what is taken from its repository, is built in one way, "
        "and has a name of its own.",
        "Change the source as the finding says.",
        _ARGOCD,
    ),
    "AC018": Rule(
        "Project options without effect or not valid",
        ERROR,
        "projectSpec is for a project that is generated, and Argo CD refuses some of its values.",
        "Change the value, or delete projectSpec.",
        _ARGOCD,
    ),
    "AC020": Rule(
        "Chart that Argo CD can't find",
        ERROR,
        "Argo CD reads charts from Helm, OCI and Git repositories with a URL.",
        "Add the URL, or use another kind of source.",
        _ARGOCD,
    ),
    "AC021": Rule(
        "Name of a release too long",
        ERROR,
        "Helm takes 53 characters. Flux shortens a longer name, and Argo CD passes it on.",
        "Set a shorter release name.",
        "Helm 3.19",
    ),
    "AC022": Rule(
        "Values file outside of Git",
        ERROR,
        "Argo CD reads the values file of a chart only from another source that is in Git.",
        "Write the values in place, or use a GitRepository.",
        _ARGOCD,
    ),
    "AC023": Rule(
        "Field of a release that Argo CD does not have",
        ERROR,
        "Without the field the chart would be installed differently.",
        "Remove the field, or use what the finding names instead.",
        _ARGOCD,
    ),
    "AC024": Rule(
        "Field of a release without effect",
        WARNING,
        "Argo CD renders charts and keeps no releases, so the field means nothing to it.",
        "Remove the field where the stack is for Argo CD alone.",
        _ARGOCD,
    ),
    "AC025": Rule(
        "Bundle that can't change a release",
        ERROR,
        "With Argo CD a release is an Application, which the prefix, the suffix or the patch of "
        "the bundle does not reach.",
        "Put the release into a bundle without it.",
        _ARGOCD,
    ),
    "AC030": Rule(
        "No version of Argo CD",
        ERROR,
        "The version can't be compared with the versions that have a field.",
        "Write a version such as v3.5.1 or 3.1.",
        _ARGOCD,
    ),
    "AC031": Rule(
        "Key that does not fit the mode of the bootstrap",
        ERROR,
        "Each mode has keys that it needs, and none that only another mode has.",
        "Add or delete the key of the finding.",
        _ARGOCD,
    ),
    "AC032": Rule(
        "Release without parts of Argo CD",
        ERROR,
        "The manifests lack an object that the bootstrap configures.",
        "Record the install.yaml of a release.",
        _ARGOCD,
    ),
    "AC033": Rule(
        "Release of another version",
        ERROR,
        "The manifests are of another version than the objects are generated for.",
        "Write the version of the manifests.",
        _ARGOCD,
    ),
    "AC034": Rule(
        "Field that this version of Argo CD does not have",
        ERROR,
        "A generated object needs a field that came with a later version.",
        "Raise argoCDVersion, or remove what needs the field.",
        "Argo CD 2.6 to 3.5",
    ),
    "AC035": Rule(
        "Key that would change files that exist",
        ERROR,
        "Flux changes objects after their build. For Argo CD kure-hooks writes the changes into "
        "the generated files, which those of a payload or of an application of kind Kustomize are "
        "not.",
        "Write it into the files, or use the key of Argo CD that the finding names.",
        _ARGOCD,
    ),
    "AC036": Rule(
        "Source that is built in two ways",
        ERROR,
        "Argo CD builds a source by kustomize, by Helm or as a plain directory, and refuses an "
        "Application with options of two of them.",
        "Keep the options of one.",
        _ARGOCD,
    ),
    "AC037": Rule(
        "Object too large for an annotation",
        ERROR,
        "Without server-side apply Argo CD writes the whole object into an annotation of it, and "
        "all annotations together hold 256 KiB: each sync would fail.",
        "Delete `ServerSideApply=false` from the sync options, or set `ServerSideApply=true` by an "
        "annotation of the object.",
        _ARGOCD,
    ),
}
"""AC: Argo CD. AR: faults that any repository for Argo CD can have, whoever wrote it."""
