"""The rules of what a run writes, reads and validates."""

from collections.abc import Mapping

from kure_hooks.rules.rule import ERROR, WARNING, Rule

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
}
"""OP: what a run writes and reads. VA: validation."""
