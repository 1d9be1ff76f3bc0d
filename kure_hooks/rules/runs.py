"""The rules of what a run writes, reads and validates."""

from collections.abc import Mapping

from kure_hooks.rules.rule import ERROR, WARNING, Rule

_SERVER = "kube-apiserver 1.36"
_KUBECONFORM = "kubeconform 0.8"

RULES: Mapping[str, Rule] = {
    "OP001": Rule(
        "More faults than are shown",
        ERROR,
        "So many faults come from few causes, and nobody reads more of them.",
        "Fix those that are shown and run again.",
    ),
    "OP002": Rule(
        "Input among generated files",
        ERROR,
        "A stack reads a file that lies where kure-hooks writes and removes files.",
        "Move the file, or set another `output` in .kure-hooks.yaml.",
    ),
    "OP003": Rule(
        "Generated file in another repository",
        ERROR,
        "The path belongs to a submodule or another repository, where git does not see the file.",
        "Set `output` to a directory of this repository.",
        "git 2.39",
    ),
    "OP004": Rule(
        "Generated file that git converts",
        ERROR,
        "An attribute makes git store something else than is generated, so every check would find "
        "drift.",
        "Add the line of the finding to .gitattributes.",
        "git 2.39",
    ),
    "OP005": Rule(
        "File that git does not look at",
        WARNING,
        "The file is sparse, or marked so that git ignores the work tree, so the version in the "
        "index was read and edits have no effect.",
        "Run the command of the finding.",
        "git 2.39",
    ),
    "OP006": Rule(
        "Merge that needs a person",
        ERROR,
        "Both versions change a file in the same place, so that git can't merge them by itself.",
        "Merge them locally, resolve the conflict, and commit.",
        "git 2.39",
    ),
    "VA001": Rule(
        "Manifest that can't be read",
        ERROR,
        "The file can't be validated, because it can't be read.",
        "Correct the path or the permissions of the file.",
    ),
    "VA002": Rule(
        "Object that its schema refuses",
        ERROR,
        "The object has a field that its kind does not have, lacks one, or has a value of another "
        "type.",
        "Change the field of the finding.",
        _KUBECONFORM,
    ),
    "VA003": Rule(
        "Separator with text behind it",
        ERROR,
        "A line that begins with three dashes and goes on separates documents for some readers "
        "and not for others.",
        "Write --- alone, or indent the line.",
        _KUBECONFORM,
    ),
    "VA004": Rule(
        "Manifest without an address",
        ERROR,
        "Without an apiVersion and a kind, nothing tells by which schema an object is judged.",
        "Add or correct the key.",
        _KUBECONFORM,
    ),
    "VA010": Rule(
        "Unknown key",
        ERROR,
        "The kind has no such key. The API server drops it, or refuses the object where it is "
        "applied by Flux or Argo CD, so what it was written for never happens.",
        "Write the key that is meant, at the place where the kind has it.",
        _SERVER,
    ),
    "VA011": Rule(
        "Missing key",
        ERROR,
        "The API server refuses an object that lacks a key that its kind requires.",
        "Add the key.",
        _SERVER,
    ),
    "VA012": Rule(
        "Value of another type",
        ERROR,
        "The API server refuses a value whose type is not that of the key. Strings that look like "
        "numbers, such as ports and versions, need quotes where a string is expected.",
        "Write a value of the type in the finding.",
        _SERVER,
    ),
    "VA013": Rule(
        "Value that is not allowed",
        ERROR,
        "The value has the right type, but the schema of its kind allows others only.",
        "Write a value that the finding names.",
        _SERVER,
    ),
    "VA014": Rule(
        "Item that a list has twice",
        ERROR,
        "The list is a set, or a map with keys, so the API server refuses a second item that is "
        "the same, or has the same keys.",
        "Remove one of the items, or change its keys.",
        _SERVER,
    ),
    "VA015": Rule(
        "Broken rule of a CRD",
        ERROR,
        "The CRD of the kind has a rule in CEL, which the API server evaluates before it takes an "
        "object. The message of the finding is the rule's own.",
        "Change the object so that the rule holds.",
        _SERVER,
    ),
    "VA016": Rule(
        "Custom resource without a schema",
        WARNING,
        "Neither the repository nor kure-hooks has the schema of this kind, so nobody has looked "
        "at its objects. `validate.unknown` makes this an error, or nothing.",
        "Add the CRD of the kind to the repository: `kure-hooks schemas add FILE`.",
    ),
    "VA017": Rule(
        "Kind that the cluster does not have",
        ERROR,
        "The version of Kubernetes that `validate.kubernetes` names, Flux or Argo CD serves no "
        "such kind, or not in this apiVersion.",
        "Correct kind or apiVersion, or the version in the settings.",
        _SERVER,
    ),
    "VA018": Rule(
        "Rule of a CRD that was not judged",
        WARNING,
        "The rule does not compile, needs something that is not there, or is too expensive for an "
        "object of this size, so nobody knows whether the object keeps it.",
        "Correct the rule in the CRD, or look at the object yourself.",
        _SERVER,
    ),
    "VA019": Rule(
        "Recorded CRD that is not what was recorded",
        ERROR,
        "A CRD below vendor/schemas judges custom resources, so a change of it has to be meant. "
        "vendor/kure-hooks.lock.yaml has another SHA-256 of it, or none, or the file is gone.",
        "Get the file back from git, or record it with `kure-hooks schemas add FILE`.",
    ),
    "VA020": Rule(
        "Values that the schema of a chart refuses",
        ERROR,
        "The chart of a release has a values.schema.json, and Helm renders nothing with values "
        "that it refuses, so the release fails.",
        "Change the value of the finding, or the schema of the chart.",
        "Helm 3",
    ),
    "VA021": Rule(
        "Kustomization that does not build",
        ERROR,
        "kustomize fails on this directory, so Flux and Argo CD can't apply anything of it. "
        "Without a build its files were validated one by one.",
        "Correct what the finding names, and try `kustomize build`.",
        "kustomize 5.8",
    ),
}
"""OP: what a run writes and reads. VA: validation."""
