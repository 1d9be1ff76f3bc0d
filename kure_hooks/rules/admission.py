"""The rules of objects that the API server refuses, or takes and people regret."""

from collections.abc import Mapping

from kure_hooks.rules.rule import ERROR, WARNING, Rule

_KUBERNETES = "Kubernetes 1.36"
_SERVED = "Kubernetes 1.37, Flux 2.9"

_METADATA: Mapping[str, Rule] = {
    "VA100": Rule(
        "Name that the API server refuses",
        ERROR,
        "Most kinds take lower-case letters, digits, dashes and dots; some take less, because "
        "host names or labels are made of the name.",
        "Change the name, or metadata.generateName.",
        _KUBERNETES,
    ),
    "VA101": Rule(
        "Name that leaves no room for pods",
        WARNING,
        "The StatefulSet is taken, and none of its pods can be made: a label of theirs would be "
        "longer than 63 characters.",
        "Choose a name of at most 52 characters.",
        _KUBERNETES,
    ),
    "VA102": Rule(
        "Namespace that can't be",
        ERROR,
        "A namespace is at most 63 lower-case letters, digits and inner dashes.",
        "Correct metadata.namespace.",
        _KUBERNETES,
    ),
    "VA103": Rule(
        "Label that the API server refuses",
        ERROR,
        "Keys and values of labels are short and take few characters, and so do those that a "
        "selector asks for.",
        "Shorten the label, or make it an annotation.",
        _KUBERNETES,
    ),
    "VA104": Rule(
        "Annotation that the API server refuses",
        ERROR,
        "Keys of annotations are like those of labels, and all of an object have 256 KiB together.",
        "Correct the key, or move the value to a ConfigMap.",
        _KUBERNETES,
    ),
    "VA105": Rule(
        "Finalizer or owner that the API server refuses",
        ERROR,
        "Finalizers have the name of a domain and a slash, and an owner has an apiVersion, a kind, "
        "a name and a uid.",
        "Correct the entry, or remove it: controllers add both by themselves.",
        _KUBERNETES,
    ),
    "VA106": Rule(
        "Object that is described twice",
        ERROR,
        "Two manifests of one file or one kustomization are the same object: kustomize refuses to "
        "build them, and otherwise one is written over the other.",
        "Delete one, or rename it.",
        "kustomize 5.8",
    ),
    "VA107": Rule(
        "API version that is no longer served",
        ERROR,
        "The release that the object is for does not know this version of the kind any more, so "
        "that it can't be applied.",
        "Write the apiVersion of the finding and adapt the fields that it has otherwise.",
        _SERVED,
    ),
    "VA108": Rule(
        "API version that is deprecated",
        WARNING,
        "The version still works and is not served by a later release.",
        "Write the apiVersion of the finding before you upgrade.",
        _SERVED,
    ),
    "VA109": Rule(
        "Setting that Argo CD does not read any longer",
        ERROR,
        "Argo CD passes over the key of its ConfigMap without a word, and what it set is gone.",
        "Replace it with what the finding names.",
        "Argo CD 3.5",
    ),
}
_DATA: Mapping[str, Rule] = {
    "VA110": Rule(
        "Data that the API server refuses",
        ERROR,
        "A key of a ConfigMap or a Secret has few characters, values of data in a Secret and of "
        "binaryData are Base64, and all are at most 1 MiB.",
        "Correct the key or the value; a Secret takes plain text in stringData.",
        _KUBERNETES,
    ),
    "VA111": Rule(
        "Secret that lacks what its type needs",
        ERROR,
        "A Secret of a type of Kubernetes has certain keys, such as tls.crt and tls.key.",
        "Add the key, or leave the type out.",
        _KUBERNETES,
    ),
    "VA120": Rule(
        "Quantity that can't be read",
        ERROR,
        "A quantity is a number with a suffix such as m, k, M, Ki, Mi or Gi: 512MB and 1Gb are "
        "none.",
        "Write the quantity of the finding.",
        _KUBERNETES,
    ),
    "VA121": Rule(
        "Resources that do not agree",
        ERROR,
        "A request is at most its limit, and the name is that of a resource that containers have.",
        "Correct the name or one of the two amounts.",
        _KUBERNETES,
    ),
    "VA122": Rule(
        "Size of less than a byte",
        WARNING,
        "The suffix m is a thousandth: 512m of memory is half a byte.",
        "Write Mi or M.",
        _KUBERNETES,
    ),
}
_OTHERS: Mapping[str, Rule] = {
    "VA150": Rule(
        "Port of a Service that can't be",
        ERROR,
        "A Service has a port, and a name for each if there are several.",
        "Correct the port of the finding.",
        _KUBERNETES,
    ),
    "VA151": Rule(
        "Port of a Service that is there twice",
        ERROR,
        "Ports of a Service differ in number or protocol, and in name.",
        "Delete or change one of the two.",
        _KUBERNETES,
    ),
    "VA152": Rule(
        "Field that the type of the Service does not have",
        ERROR,
        "Some fields are only for one type, and an ExternalName needs a host.",
        "Change the type, or delete the field.",
        _KUBERNETES,
    ),
    "VA153": Rule(
        "Address of a Service that is none",
        ERROR,
        "The field takes IP addresses or ranges of them.",
        "Correct the address.",
        _KUBERNETES,
    ),
    "VA154": Rule(
        "Ingress that the API server refuses",
        ERROR,
        "A path has a pathType and begins with /, a host is a name, and a backend has a name and "
        "one port.",
        "Correct the field of the finding.",
        _KUBERNETES,
    ),
    "VA155": Rule(
        "NetworkPolicy that the API server refuses",
        ERROR,
        "A peer is selected by labels or by addresses, and ranges have two ends that fit.",
        "Correct the field of the finding.",
        _KUBERNETES,
    ),
    "VA156": Rule(
        "Address in another form than its own",
        ERROR,
        "Numbers of an address have no zeros in front, and a range begins with its first address; "
        "before Kubernetes 1.36 others are taken, and programs read them in different ways.",
        "Write the address or the range of the finding.",
        _KUBERNETES,
    ),
    "VA160": Rule(
        "Disruption budget that can't be",
        ERROR,
        "A budget has minAvailable or maxUnavailable, as a number of pods or a share of them.",
        "Correct the limit.",
        _KUBERNETES,
    ),
    "VA161": Rule(
        "Autoscaler that can't be",
        ERROR,
        "minReplicas is at most maxReplicas, and target and metrics are whole.",
        "Correct the field of the finding.",
        _KUBERNETES,
    ),
    "VA170": Rule(
        "Rule of a role that the API server refuses",
        ERROR,
        "A rule has verbs, and either API groups and resources or URLs.",
        "Add what is missing.",
        _KUBERNETES,
    ),
    "VA171": Rule(
        "Binding that the API server refuses",
        ERROR,
        "A binding refers to a Role or a ClusterRole, and its subjects are accounts, users or "
        "groups.",
        "Correct the reference.",
        _KUBERNETES,
    ),
    "VA180": Rule(
        "Claim that the API server refuses",
        ERROR,
        "A claim has access modes and asks for a size above zero.",
        "Correct the field of the finding.",
        _KUBERNETES,
    ),
    "VA181": Rule(
        "Volume that the API server refuses",
        ERROR,
        "A PersistentVolume has access modes, a size and exactly one source.",
        "Correct the field of the finding.",
        _KUBERNETES,
    ),
    "VA182": Rule(
        "Storage class that the API server refuses",
        ERROR,
        "A class has the name of a provisioner and reclaims by Delete or Retain.",
        "Correct the field of the finding.",
        _KUBERNETES,
    ),
    "VA183": Rule(
        "Limits of one type that are listed twice",
        ERROR,
        "A LimitRange has one list of limits for each type.",
        "Write them into one entry.",
        _KUBERNETES,
    ),
    "VA190": Rule(
        "Definition that the API server refuses",
        ERROR,
        "A CustomResourceDefinition is named by its plural and its group and stores one version; "
        "an APIService is named by its version and its group.",
        "Correct the name or the version.",
        _KUBERNETES,
    ),
    "VA191": Rule(
        "Priority that is kept for Kubernetes",
        ERROR,
        "Names that begin with system- and priorities above a billion belong to Kubernetes.",
        "Choose another name or a lower value.",
        _KUBERNETES,
    ),
    "VA192": Rule(
        "Level of Pod Security that does not exist",
        ERROR,
        "The labels of a Namespace name a level that pods are held to, and a release.",
        "Write privileged, baseline or restricted, and latest or a release such as v1.36.",
        _KUBERNETES,
    ),
    "VA193": Rule(
        "Change of a field that never changes",
        ERROR,
        "Some fields of an object are chosen when it is made, such as the selector of a "
        "Deployment; the API server refuses the whole change, and the GitOps tool reports it "
        "again and again.",
        "Keep the old value, or delete the object on the cluster so that it is made again.",
        _KUBERNETES,
    ),
    "VA194": Rule(
        "Change of data that never changes",
        ERROR,
        "A ConfigMap or Secret with `immutable: true` keeps its data and that setting for good.",
        "Write the new content into an object of another name, and refer to that.",
        _KUBERNETES,
    ),
    "VA195": Rule(
        "Change that a rule of the CRD refuses",
        ERROR,
        "A CRD may have rules that compare the old object with the new one (oldSelf).",
        "Keep the old value, or delete the object on the cluster so that it is made again.",
        _KUBERNETES,
    ),
    "VA196": Rule(
        "Field that Argo CD deprecates",
        WARNING,
        "A later release drops the field, and with it what it says.",
        "Write what the finding names, or delete the field.",
        "Argo CD 3.5",
    ),
}
RULES: Mapping[str, Rule] = {**_METADATA, **_DATA, **_OTHERS}
"""VA100 to VA122 and VA150 to VA199: admission, beyond schemas."""
