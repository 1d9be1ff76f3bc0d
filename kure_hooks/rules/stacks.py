"""The rules of settings, of stacks as a whole, and of the layout of their trees."""

from collections.abc import Mapping

from kure_hooks.rules.rule import ERROR, WARNING, Rule

_KUSTOMIZE = "kustomize 5.8"
_FLUX = "Flux 2.9"

RULES: Mapping[str, Rule] = {
    "CF001": Rule(
        "Settings with several documents",
        ERROR,
        "Only one document can be the settings, and nothing says which.",
        "Write all settings into one document.",
    ),
    "CF002": Rule(
        "Settings that can't be read",
        ERROR,
        "The settings file is there, but it is no file of this repository that can be read.",
        "Make it a regular file, or remove it to use the defaults.",
    ),
    "CF003": Rule(
        "Path or pattern that can't be used",
        ERROR,
        "A path leads out of the repository or into a directory with another purpose, or a pattern "
        "matches nothing that could be meant.",
        "Name a directory or a pattern below the root of the repository.",
    ),
    "CF004": Rule(
        "Options of Argo CD that exclude each other",
        ERROR,
        "The settings give Argo CD options that it refuses or ignores for every cluster.",
        "Write the options the way the finding says.",
        "Argo CD 3.5",
    ),
    "CF005": Rule(
        "Kustomization mode without effect",
        WARNING,
        "The mode `recursive` writes the same as `explicit`, which is the default.",
        "Delete the key.",
    ),
    "CF006": Rule(
        "Settings of lint that mean nothing",
        ERROR,
        "A selector names no rule, two policies have one identifier, or a pattern or an expression "
        "can't be used, so lint would not do what the settings ask for.",
        "Correct the key that the finding names. `kure-hooks rule` lists all rules.",
    ),
    "ST001": Rule(
        "No cluster in a stack file",
        ERROR,
        "The file matches the pattern of stack files, but describes no cluster.",
        "Add a cluster, or change `stacks` in .kure-hooks.yaml.",
    ),
    "ST002": Rule(
        "Stack file that can't be used",
        ERROR,
        "A stack, or a file that it names, is missing, leads out of the repository, is too large "
        "or has a name that not every platform can write.",
        "Correct the reference, or rename the file.",
    ),
    "ST003": Rule(
        "Unknown kind of document",
        ERROR,
        "The apiVersion and the kind of the document are none that a stack can have there.",
        "Correct the apiVersion or the kind, or move the document to a file of its own.",
    ),
    "ST005": Rule(
        "Reference by path with other keys",
        ERROR,
        "A reference by path takes the part from the other file as it is, so keys beside it would "
        "be lost; and no file can refer to itself.",
        "Keep the path alone, or write the part in place.",
    ),
    "ST006": Rule(
        "Reference to no part",
        ERROR,
        "No document has the name, or the file holds no document of that kind.",
        "Name a part that is there, or add it.",
    ),
    "ST007": Rule(
        "Part of no cluster",
        ERROR,
        "The document is in a stack file, but nothing refers to it, so it would not be generated.",
        "Name it where it belongs, or delete it.",
    ),
    "ST008": Rule(
        "Part used twice",
        ERROR,
        "One document would be two parts of the same cluster, with the same names.",
        "Refer to each document once in a cluster.",
    ),
    "ST009": Rule(
        "Reference to several parts",
        ERROR,
        "Only one part can stand there, and the file has several.",
        "Add the name of the part, or write one of them to a file.",
    ),
    "ST010": Rule(
        "Unknown GitOps tool",
        ERROR,
        "No installed engine has the name that `gitops.type` gives.",
        "Write the name of an installed engine, or install its package.",
    ),
    "ST011": Rule(
        "Options that the engine does not have",
        ERROR,
        "`gitops.options` belongs to engines of installed packages; Flux and Argo CD have their "
        "own sections.",
        "Move the options to the section of the engine.",
    ),
    "ST012": Rule(
        "Unknown kind of application",
        ERROR,
        "No installed package knows how to generate an application of this kind.",
        "Correct the kind, or install its package.",
    ),
    "ST013": Rule(
        "Release manifests that can't be used",
        ERROR,
        "The manifests of the bootstrap can't be read, or are not those of the recorded checksum.",
        "Record the release again with `kure-hooks vendor`, or correct the path.",
    ),
    "ST014": Rule(
        "Release with an object twice",
        ERROR,
        "The directory holds the manifests of several releases, which share most objects.",
        "Keep the manifests of one release.",
    ),
    "ST020": Rule(
        "Name that can't be a file name",
        ERROR,
        "Names become directories and files, and some platforms can't write this one.",
        "Choose another name.",
    ),
    "ST021": Rule(
        "Name twice",
        ERROR,
        "Two parts share a name where it has to tell them apart: they would be one directory or "
        "one object.",
        "Rename one of them.",
    ),
    "ST022": Rule(
        "Dependency twice or on itself",
        ERROR,
        "A bundle depends on other bundles, and on each of them once.",
        "Remove the dependency.",
    ),
    "ST025": Rule(
        "Expression that is not CEL",
        ERROR,
        "The controller could not parse the expression, and nothing would become ready.",
        "Correct the expression at the place of the finding.",
        f"{_FLUX} (CEL)",
    ),
    "ST026": Rule(
        "Umbrella and child that wait for each other",
        ERROR,
        "An umbrella is ready when its children are, so neither may depend on the other.",
        "Remove the dependency, or take the bundle out of the umbrella.",
    ),
    "ST027": Rule(
        "Umbrella in a cluster with packages",
        ERROR,
        "The children of an umbrella and a package reference can't be combined in one cluster.",
        "Use one of the two.",
    ),
    "ST028": Rule(
        "Bundle with a payload and applications",
        ERROR,
        "A payload is a directory that exists and that nothing is added to, so the applications "
        "would be written nowhere.",
        "Use one of the two. An application of kind Kustomize takes a directory in.",
    ),
    "ST040": Rule(
        "Table of a cluster set that can't be used",
        ERROR,
        "The table is no CSV or YAML with a row for each cluster, has no rows, or is larger than a "
        "run may cost.",
        "Correct the line that the finding names, or split the table among several sets.",
    ),
    "ST041": Rule(
        "Value or parameter of a cluster set that does not fit",
        ERROR,
        "A row lacks a value, or has one that breaks the declaration of its parameter or could "
        "mean something else in the place where the template puts it.",
        "Correct the value, or the declaration of the parameter.",
    ),
    "ST042": Rule(
        "Reference to a parameter that means nothing",
        ERROR,
        "The template refers to a parameter that is not declared, or in a place where none is "
        "replaced, or never refers to one that is declared.",
        "Declare the parameter, move the reference, or delete what is not used.",
    ),
    "ST043": Rule(
        "Cluster set beside other clusters",
        ERROR,
        "A stack file with a ClusterSet has no other cluster, so that each part of it belongs to "
        "the clusters of the set.",
        "Move the other cluster to a stack file of its own.",
    ),
    "ST045": Rule(
        "Profile that can't be used",
        ERROR,
        "A ClusterProfile says something that no cluster could do, such as an amount that is no "
        "quantity or a gateway without a name.",
        "Correct the key that the finding names.",
    ),
    "ST046": Rule(
        "Override that can't be merged",
        ERROR,
        "An override is merged into the `spec` of one application, and this one does not say what "
        "is to become of a list or a mapping there.",
        "Give items the key by which their list is merged, or use $patch as the finding says.",
    ),
    "ST047": Rule(
        "Override of no application",
        ERROR,
        "Overrides name an application of their cluster, node or bundle, and there is none of this "
        "name, so they would change nothing.",
        "Correct the name, or delete the override.",
    ),
    "ST048": Rule(
        "Application beyond the limits of its cluster",
        ERROR,
        "The profile of the cluster says how much one application may ask for there, and this one "
        "asks for more.",
        "Ask for less, or have the limit of the profile raised.",
    ),
    "LY001": Rule(
        "Directory wanted twice",
        ERROR,
        "Two parts would write their files to one directory.",
        "Rename one of the parts.",
    ),
    "LY002": Rule(
        "Name of a Kustomization taken",
        ERROR,
        "An application with a Kustomization of its own would get a name that another unit has.",
        "Rename the application or the other unit.",
    ),
    "LY003": Rule(
        "Package defined in two ways",
        ERROR,
        "Two references give a package of one name different sources.",
        "Write the same reference in both places, or name the packages differently.",
    ),
    "LY004": Rule(
        "File of a ConfigMap that can't be written",
        ERROR,
        "The name of the file is taken, is no key of a ConfigMap, or can't be written everywhere.",
        "Rename the file, or give it another key.",
        _KUSTOMIZE,
    ),
    "LY005": Rule(
        "Generated ConfigMap that Kubernetes refuses",
        ERROR,
        "The ConfigMap that kustomize makes would be too large, or has a name or annotations that "
        "the API server refuses.",
        "Split the ConfigMap, or shorten the name.",
        "Kubernetes 1.34",
    ),
    "LY006": Rule(
        "Secret with the name of a generated ConfigMap",
        ERROR,
        "kustomize would add the suffix of the ConfigMap to the name of the Secret, which a "
        "HelmRelease then would not find.",
        "Rename the Secret or the ConfigMap.",
        _KUSTOMIZE,
    ),
}
"""CF: settings. ST: stacks. LY: the layout of the tree."""
