"""Our verdicts on random custom resources are those of the API server's own code."""

import os

import pytest

from kure_hooks.validators.admission import faults
from kure_hooks.validators.judge import CustomJudge
from kure_hooks.validators.judges import packed
from kure_hooks.validators.objects import Object
from kure_hooks.yamlio import Document
from tests.support.custom_resources import kinds_at_hand, samples

COUNT = int(os.environ.get("KURE_HOOKS_SAMPLES", "12"))
"""Objects of each kind."""

# The API versions of what a cluster has installed are nothing that a CRD tells.
OF_RELEASES = ("VA107", "VA109")


@pytest.fixture(scope="module")
def metadata():
    return packed("1.37").metadata


def excuses(content, judgement):
    """Tell whether the API server's own verdict on an object can't be ours, and why.

    - A string with a format may be a list for it, a slip of kube-openapi's typeValidator: that
      looks at the type of strings and lists only where there is no format.
    - A float such as 1.0 comes from JSON alone: every reader of YAML makes it the integer 1 first.
    """
    return "expected int, got float64" in str(judgement.errors) or holds_list_of_bytes(content)


def holds_list_of_bytes(content):
    if isinstance(content, dict):
        return any(
            (key == "caBundle" and isinstance(value, list)) or holds_list_of_bytes(value)
            for key, value in content.items()
        )
    return isinstance(content, list) and any(map(holds_list_of_bytes, content))


def is_about_the_request(kind, content):
    """Tell whether an object is for another kind, which a file can't be."""
    address = (kind.api_version, kind.name)
    return (content.get("apiVersion"), content.get("kind")) != address


def ours(judge, content):
    subject = Object(Document("x.yaml", content, 0, 0, {}), (), content)
    found = [*judge.complaints(content), *faults([subject])]
    return [fault for fault in found if fault.severity == "error" and fault.rule not in OF_RELEASES]


def test_verdicts(oracle, metadata):
    differing = []
    judged = 0
    for kind in kinds_at_hand(20):
        judge = CustomJudge("x", kind.schema, metadata)
        drawn = [content for _, content in samples(kind, seed=7, count=COUNT)]
        answers = oracle(kind.crd, drawn, version=kind.version)
        for content, answer in zip(drawn, answers, strict=True):
            if is_about_the_request(kind, content):
                continue
            judged += 1
            found = ours(judge, content)
            if bool(found) == answer.valid and not excuses(content, answer):
                differing.append((str(kind), found[:3], answer, content))
    assert differing == []
    assert judged > 15 * COUNT
