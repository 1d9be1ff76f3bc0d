"""The rules of YAML files and of the types of their values."""

from collections.abc import Mapping

from kure_hooks.rules.rule import ERROR, Rule

_YAML = "YAML as kubectl, Flux and Argo CD read it (sigs.k8s.io/yaml)"
_KUSTOMIZE = "kustomize 5.8"

RULES: Mapping[str, Rule] = {
    "YA001": Rule(
        "Conflict marker of a merge",
        ERROR,
        "The file has the lines that git writes around a conflict, so it holds two versions.",
        "Keep what is right of both sides and remove the markers.",
        "git 2.39",
    ),
    "YA002": Rule(
        "Not valid YAML",
        ERROR,
        "The file can't be parsed, so nothing of it can be used.",
        "Fix the syntax at the place of the finding.",
        "YAML 1.1",
    ),
    "YA003": Rule(
        "File beyond the limits",
        ERROR,
        "The file is too large, nested too deep, or grows too much by its aliases. The limits keep "
        "a file from a stranger from using up memory or time.",
        "Split the file, or write out what its aliases repeat.",
    ),
    "YA004": Rule(
        "Key twice in a mapping",
        ERROR,
        "Readers disagree about which of the two values counts, and one of them is lost.",
        "Keep the key that is right and delete the other one.",
        _YAML,
    ),
    "YA005": Rule(
        "Not UTF-8 text",
        ERROR,
        "The file has another encoding than UTF-8, or a character that YAML doesn't allow.",
        "Save the file as UTF-8 without control characters.",
        "YAML 1.1",
    ),
    "YA006": Rule(
        "Tag that is not allowed",
        ERROR,
        "Kubernetes values have no tags, and readers treat them differently.",
        "Delete the tag, or write the value as a string in quotes.",
        _YAML,
    ),
    "YA007": Rule(
        "Scalar that readers take for different values",
        ERROR,
        "A value without quotes, such as a date, an octal number or `yes`, is a string to one tool "
        "and something else to another.",
        "Put the value in quotes, or write it the way the finding says.",
        f"{_YAML}, {_KUSTOMIZE}",
    ),
    "YA008": Rule(
        "Text that kustomize can't read",
        ERROR,
        "kustomize fails at a character or a key, so the generated tree could not be built.",
        "Write the string without it.",
        _KUSTOMIZE,
    ),
    "YA009": Rule(
        "Key that is no string",
        ERROR,
        "Keys of Kubernetes objects are strings; this one is read as a number, a boolean or a "
        "collection.",
        "Put the key in quotes.",
        _YAML,
    ),
    "YA010": Rule(
        "Merge key that readers disagree about",
        ERROR,
        "A merge key without a mapping brings nothing, and one behind a key that it brings too "
        "means different things to different readers.",
        "Write the merge key first, with an alias of a mapping.",
        f"{_YAML}, {_KUSTOMIZE}",
    ),
    "YA011": Rule(
        "Alias of no value",
        ERROR,
        "The alias has no anchor before it, or stands inside of its own value.",
        "Define the anchor before the alias, or write the value out.",
        "YAML 1.1",
    ),
    "TY001": Rule(
        "Value of another type",
        ERROR,
        "The key takes a value of another type, such as a list instead of a string.",
        "Write a value of the type that the finding names.",
    ),
    "TY002": Rule(
        "Value that is not valid",
        ERROR,
        "The type is right, but the value is none of those that the key takes.",
        "Write one of the values that the finding describes.",
    ),
    "TY003": Rule(
        "Unknown key",
        ERROR,
        "No part of kure-hooks reads the key, so it would have no effect. Most are misspelled.",
        "Correct the key, or delete it.",
    ),
    "TY004": Rule(
        "Required key missing",
        ERROR,
        "The part can't be used without the key.",
        "Add the key with a value as the finding describes it.",
    ),
}
"""YA: the text of a YAML file. TY: the values in it, held against their types."""
