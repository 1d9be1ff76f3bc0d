"""The rules of applications, their files, and the objects that they become."""

from collections.abc import Mapping

from kure_hooks.rules.rule import ERROR, WARNING, Rule

RULES: Mapping[str, Rule] = {
    "AP001": Rule(
        "Application with values that don't fit together",
        ERROR,
        "Each value has the right type, but the values of `spec` exclude each other, lack one "
        "another, or make objects that the cluster refuses.",
        "Change the value at the place of the finding.",
    ),
    "AP002": Rule(
        "File of an application that can't be read",
        ERROR,
        "An application names a file or directory that is missing, leads out of the repository, or "
        "holds no manifest.",
        "Correct the path.",
    ),
    "AP003": Rule(
        "Two files of one name",
        ERROR,
        "Both files would be written to one path in the application's directory.",
        "Rename one of the files.",
    ),
    "AP004": Rule(
        "Values file without values",
        ERROR,
        "The values of a chart are one mapping.",
        "Write one mapping into the file.",
        "Helm 3.19",
    ),
    "AP005": Rule(
        "Chart that is not there in a wanted version",
        ERROR,
        "No recorded chart has the name and a version in the range, or the chart at the path is of "
        "another version. Nothing is fetched while manifests are generated.",
        "Record an archive of the chart by `kure-hooks vendor`, or correct the version.",
        "Helm 3.21",
    ),
    "AP006": Rule(
        "Chart that can't be rendered",
        ERROR,
        "Helm fails on the chart, or what comes out is no object, or another one each time: then "
        "nobody could tell whether the files in the repository are up to date.",
        "Set the values that the chart needs, or those that it makes up.",
        "Helm 3.21",
    ),
    "AP007": Rule(
        "No Helm to render a chart",
        ERROR,
        "A chart with `render: true` is rendered by the program helm, which is not on PATH, or "
        "only inside of the repository.",
        "Install Helm 3.16 or later, or let the GitOps tool render the chart.",
        "Helm 3.21",
    ),
    "AP008": Rule(
        "Patch of an application that can't be applied",
        ERROR,
        "The patch is for none of the application's objects, which kustomize would refuse, or with "
        "`apply: true` it does to one of them what is not known here.",
        "Correct the patch, or leave it to kustomize.",
        "kustomize 5.8",
    ),
    "AP010": Rule(
        "Volume of one node for several pods",
        WARNING,
        "A claim with the access mode ReadWriteOnce is used by one node at a time. Several pods of "
        "a workload that mount it all have to run there: a pod elsewhere waits for ever.",
        "Set an access mode such as ReadWriteMany, or run one pod.",
        "Kubernetes 1.34",
    ),
    "KO001": Rule(
        "Object that Kubernetes refuses",
        ERROR,
        "The API server would refuse the object: its name, a label, an annotation, or a value is "
        "none that an object can have; or it is no object at all.",
        "Change the value at the place of the finding.",
        "Kubernetes 1.34",
    ),
}
"""AP: applications. KO: Kubernetes objects."""
