"""Ends of a build: what kustomize refuses, and what is not followed here."""

from kure_hooks.yamlio import Pointer


class RefusedError(Exception):
    """kustomize refuses to build this.

    `problem` and `expected` word the finding; `pointer` leads to the cause in the file of
    kustomize's, and `label` names the object that it is about, if it is about one.
    """

    def __init__(
        self,
        problem: str,
        expected: str = "",
        pointer: Pointer = (),
        rule: str = "KZ001",
        label: str = "",
    ) -> None:
        super().__init__(problem)
        self.problem = problem
        self.expected = expected
        self.pointer = pointer
        self.rule = rule
        self.label = label


class UnfollowedError(Exception):
    """The result of a build can't be known here; `reason` ends the sentence `<directory> ...`."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
