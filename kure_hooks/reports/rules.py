"""What each kind of problem means and what to do about it, for reports that explain their rules."""

from typing import NamedTuple


class Rule(NamedTuple):
    """A kind of problem: in a few words, in a sentence, and what to do."""

    title: str
    meaning: str
    remedy: str


_REGENERATE = "Run `kure-hooks generate` and commit what it writes."
_REVIEW = "Review what the change does to the cluster before it is merged."

RULES = {
    "failure": Rule(
        "The run failed",
        "A program or the file system failed, or the command was not used right.",
        "Do what the message says and run again.",
    ),
    "input": Rule(
        "Fault in the input",
        "A stack, a file that it refers to or a manifest is not valid, or looks like a mistake.",
        "Mend the file at the place given; the message says what is expected there.",
    ),
    "drift/changed": Rule(
        "Generated file changed",
        "An object of a checked-in file differs from what the stacks generate.",
        f"{_REGENERATE} To keep a change made by hand, make it in the stack.",
    ),
    "drift/missing": Rule(
        "Generated file missing",
        "The stacks generate a file that is not checked in.",
        _REGENERATE,
    ),
    "drift/removed": Rule(
        "File no longer generated",
        "The first of two revisions generates a file that the second doesn't.",
        _REVIEW,
    ),
    "drift/added": Rule(
        "File newly generated",
        "The second of two revisions generates a file that the first doesn't.",
        _REVIEW,
    ),
    "drift/renamed": Rule(
        "Generated file renamed",
        "What a checked-in file holds is now generated at another path.",
        _REGENERATE,
    ),
    "drift/unexpected": Rule(
        "Leftover of an earlier generation",
        "A checked-in file bears the header of generated files, but is no longer generated.",
        f"{_REGENERATE} It removes such files.",
    ),
    "drift/untracked": Rule(
        "Generated file not in git",
        "A file is right in the work tree, but a commit would not hold it.",
        "Add the file with `git add`.",
    ),
    "drift/formatting": Rule(
        "Other formatting than generated",
        "A checked-in file holds the objects that are generated, but in other bytes.",
        _REGENERATE,
    ),
    "drift/foreign": Rule(
        "Foreign file among generated ones",
        "A directory of generated files has one that is not generated; it is never removed.",
        "Remove the file or list it under `drift.keep` in .kure-hooks.yaml.",
    ),
    "drift/in-the-way": Rule(
        "Foreign file in the way of a generated one",
        "A file that kure-hooks did not write is where one is generated, so nothing is written.",
        "Move the file away, list it under `drift.keep` in .kure-hooks.yaml, change `output` "
        "there, or take it over with `kure-hooks generate --adopt`.",
    ),
    "displaced/uncommitted": Rule(
        "Uncommitted content of a generated file replaced",
        "A file was generated anew, or removed, whose content was not committed.",
        "Make the change in the stack. The message says how to get the content back.",
    ),
    "displaced/adopted": Rule(
        "File taken over",
        "A file that somebody wrote without kure-hooks is now generated.",
        "Review what the change does to the cluster. The message says how to get the file back.",
    ),
    "cluster/added": Rule(
        "Cluster added",
        "Only the second of two revisions has the cluster.",
        _REVIEW,
    ),
    "cluster/removed": Rule(
        "Cluster removed",
        "Only the first of two revisions has the cluster.",
        _REVIEW,
    ),
}
