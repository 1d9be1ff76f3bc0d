"""The rules of pods and workloads that the API server refuses, or takes and people regret."""

from collections.abc import Mapping

from kure_hooks.rules.rule import ERROR, WARNING, Rule

_KUBERNETES = "Kubernetes 1.36"

_PODS: Mapping[str, Rule] = {
    "VA130": Rule(
        "Container without a name or an image",
        ERROR,
        "A pod has at least one container, and each has a name and an image.",
        "Add what is missing.",
        _KUBERNETES,
    ),
    "VA131": Rule(
        "Containers or ports of one name",
        ERROR,
        "All containers of a pod, and all ports of a container, have names of their own.",
        "Rename one.",
        _KUBERNETES,
    ),
    "VA132": Rule(
        "Port of a container that can't be",
        ERROR,
        "A port has a number from 1 to 65535 and a name of at most 15 characters, and a port of "
        "the machine is taken once.",
        "Correct the port.",
        _KUBERNETES,
    ),
    "VA133": Rule(
        "Port of a container that is listed twice",
        WARNING,
        "The API server takes the list and warns; server-side apply, as Flux does it, refuses it.",
        "Delete one of the two.",
        _KUBERNETES,
    ),
    "VA134": Rule(
        "Variable that is set twice",
        WARNING,
        "The last value wins, and the first is without effect; server-side apply, as Flux does "
        "it, refuses the list.",
        "Delete one of the two.",
        _KUBERNETES,
    ),
    "VA135": Rule(
        "Environment variable that the API server refuses",
        ERROR,
        "A variable has a name of printable characters without = and either a value or one source.",
        "Correct the variable.",
        _KUBERNETES,
    ),
    "VA136": Rule(
        "Probe or handler that can't be",
        ERROR,
        "A probe asks in exactly one way, on a port that can be, and only containers that stay "
        "have probes.",
        "Correct the probe.",
        _KUBERNETES,
    ),
    "VA137": Rule(
        "Volumes of one name",
        ERROR,
        "Volumes of a pod have names of their own, which are like those of containers.",
        "Rename one.",
        _KUBERNETES,
    ),
    "VA138": Rule(
        "Volume with a source that can't be",
        ERROR,
        "A volume has one source, with the keys that this kind of source needs.",
        "Correct the source.",
        _KUBERNETES,
    ),
    "VA139": Rule(
        "Mount of no volume",
        ERROR,
        "A container mounts volumes of its pod, each at a path of its own.",
        "Add the volume, or correct the name or the path.",
        _KUBERNETES,
    ),
}
_WORKLOADS: Mapping[str, Rule] = {
    "VA140": Rule(
        "Selector that does not match the pods",
        ERROR,
        "A workload finds its pods by their labels, so that the selector holds for the template.",
        "Give the template the labels that the selector asks for.",
        _KUBERNETES,
    ),
    "VA141": Rule(
        "Restart policy that the kind does not have",
        ERROR,
        "Pods of a Deployment, StatefulSet or DaemonSet are always restarted, those of a Job never "
        "or on failure.",
        "Set the restartPolicy of the finding.",
        _KUBERNETES,
    ),
    "VA142": Rule(
        "Update that can't go on",
        ERROR,
        "With these limits no pod could be replaced, or a field is for another strategy.",
        "Correct the strategy.",
        _KUBERNETES,
    ),
    "VA143": Rule(
        "Job whose fields do not fit together",
        ERROR,
        "Some fields are only for jobs with an index, or need another one beside them.",
        "Add or delete the field of the finding.",
        _KUBERNETES,
    ),
    "VA144": Rule(
        "Schedule that can't be read",
        ERROR,
        "A schedule has five fields of cron, or is a word such as @daily; the time zone is a key "
        "of its own.",
        "Correct the schedule or the time zone.",
        _KUBERNETES,
    ),
    "VA145": Rule(
        "Value that the field does not have",
        ERROR,
        "The field takes one of a few words, with their capital letters.",
        "Write the word of the finding.",
        _KUBERNETES,
    ),
    "VA146": Rule(
        "Number below zero",
        ERROR,
        "The field counts something, so that it is zero or more.",
        "Correct the number.",
        _KUBERNETES,
    ),
    "VA147": Rule(
        "Reference to a name that nothing has",
        ERROR,
        "No object can have the name that the field refers to.",
        "Correct the name.",
        _KUBERNETES,
    ),
    "VA148": Rule(
        "Security context that can't be",
        ERROR,
        "Numbers of users are zero or more, and no field contradicts another.",
        "Correct the field of the finding.",
        _KUBERNETES,
    ),
    "VA149": Rule(
        "Placement that can't be",
        ERROR,
        "A toleration, an affinity, a spread over domains or the resolution of names lacks a part.",
        "Correct the field of the finding.",
        _KUBERNETES,
    ),
}
RULES: Mapping[str, Rule] = {**_PODS, **_WORKLOADS}
"""VA130 to VA149: pods and what makes them, beyond schemas."""
