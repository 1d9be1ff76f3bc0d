"""Our verdicts on random custom resources are those of the API server's own code."""

import os
import re

import pytest

from kure_hooks.manifests import kind_of
from kure_hooks.objects.written import Object
from kure_hooks.schemas.definitions import keeps_status, replicas
from kure_hooks.validators.admission import faults
from kure_hooks.validators.complaints import Complaint
from kure_hooks.validators.judge import CustomJudge
from kure_hooks.validators.judges import packed
from kure_hooks.yamlio import Document
from tests.support.custom_resources import kinds_at_hand, samples

COUNT = int(os.environ.get("KURE_HOOKS_SAMPLES", "12"))
"""Objects of each kind."""

BLOCKED = "some validation rules were not checked"
FLOATS = ("expected int, got float64", "is of the type float64, expected int64")
GENERATED = "metadata.generateName"
# The API versions of what a cluster has installed are nothing that a CRD tells.
OF_RELEASES = ("VA107", "VA109")


@pytest.fixture(scope="module")
def metadata():
    return packed("1.37").metadata


def excuses(kind, content, judgement, found):
    """Tell whether the API server's own verdict on an object can't be ours, and why.

    - A string with a format may be a list for it, a slip of kube-openapi's typeValidator: that
      looks at the type of strings and lists only where there is no format.
    - A resourceVersion is refused when an object is created, and a precondition when it is changed:
      the API server is right of the request, and a file can't know which one it comes with.
    - The namespace of an object that is in none is dropped unread; ours has to be a name, since
      one that no namespace can have is a mistake, and nothing else reads what follows from it.
    - A float such as 1.0 comes from JSON alone: every reader of YAML makes it the integer 1 first.
    """
    is_in_no_namespace = kind.crd["spec"]["scope"] == "Cluster"
    if is_in_no_namespace and found and {fault.rule for fault in found} == {"VA102"}:
        return True
    if [fault.field for fault in judgement.errors] == ["metadata.resourceVersion"]:
        return True
    texts = str(judgement.errors)
    return any(words in texts for words in FLOATS) or holds_list_of_bytes(content)


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


def judge_of(kind, metadata):
    version = next(v for v in kind.crd["spec"]["versions"] if v["name"] == kind.version)
    places = {"keeps_status": keeps_status(version), "replicas": replicas(version)}
    return CustomJudge("x", kind.schema, metadata, **places)


def ours(judge, content):
    """Return the errors in an object; each has a rule, and a key or steps for its place."""
    subject = Object(Document("x.yaml", content, 0, 0, {}), (), content)
    found = [*judge.complaints(content), *faults([subject], defined=[kind_of(content)])]
    return [fault for fault in found if fault.severity == "error" and fault.rule not in OF_RELEASES]


def place(field):
    """Return a field in the one spelling that all are compared in: `spec.list.0.key`.

    The API server writes keys of maps and indices in brackets, or keys after dots.
    """
    return re.sub(r"\[\"?(.*?)\"?\]", r".\1", field).strip(".")


def place_of(fault):
    if isinstance(fault, Complaint):
        return ".".join(map(str, fault.steps))
    return place(fault.key.partition(": ")[2])


def is_at_or_below(field, fields):
    return any(field == other or field.startswith(f"{other}.") for other in fields)


def misplaced(answer, found):
    """Yield the fields of an answer that we do not name, and those of ours that it does not name.

    Spared are, and we are right in each that is about words for people alone:

    - labels, annotations, finalizers and owners, where ours is the key and theirs the whole map;
    - a generated name, which nobody has written: ours is generateName;
    - keys below a value that is no mapping, which are unknown ones, too: ours is the value;
    - unknown keys that make a mapping too large: the API server drops them before it counts;
    - errors whose field is empty, with the place only in the text: of number formats, anyOf, oneOf
      and not. Beside the latter the API server tells of the form that fits best, of which ours
      tells at the value itself;
    - rules in CEL, which the API server leaves out where metadata, number formats or the form that
      fits best are wrong: whoever mends those sees them with the next run, and here at once;
    - the namespace of an object that is in none, as `excuses` says.
    """
    texts = [fault.detail for fault in answer.errors if not fault.field]
    errors = [fault.field for fault in answer.errors if fault.field]
    theirs = {place(field) for field in (*errors, *answer.unknown, *answer.duplicate)}
    places = {place_of(fault) for fault in found}
    if GENERATED in places:
        theirs |= {GENERATED}
        theirs -= {"metadata.name"}
    for field in theirs - places:
        is_of_metadata = field.startswith("metadata.") and is_at_or_below_any(places, field)
        if not is_of_metadata and not is_at_or_below(field, places):
            yield f"theirs: {field}"
    is_blocked = any(BLOCKED in text for text in texts)
    for fault in found:
        field = place_of(fault)
        is_of_metadata = field.startswith("metadata.") and is_at_or_below(field, theirs)
        is_in_a_text = any(place_in_texts(field, text) for text in texts)
        is_of_blocked_rules = is_blocked and fault.rule == "VA015"
        has_unknown_keys = fault.rule in ("VA012", "VA013") and is_at_or_below_any(theirs, field)
        is_spared = is_of_metadata or is_in_a_text or is_of_blocked_rules or has_unknown_keys
        is_spared = is_spared or fault.rule == "VA102" or (not field and texts)
        if field not in theirs and not is_spared:
            yield f"ours: {field}"


def is_at_or_below_any(places, field):
    return any(is_at_or_below(other, {field}) for other in places)


def place_in_texts(field, text):
    return is_at_or_below(field, {place(word.strip('"')) for word in text.split()})


def test_verdicts(oracle, metadata):
    differing = []
    judged = 0
    for kind in kinds_at_hand(20):
        judge = judge_of(kind, metadata)
        drawn = [content for _, content in samples(kind, seed=7, count=COUNT)]
        answers = oracle(kind.crd, drawn, version=kind.version)
        for content, answer in zip(drawn, answers, strict=True):
            if is_about_the_request(kind, content):
                continue
            judged += 1
            found = ours(judge, content)
            if bool(found) == answer.valid and not excuses(kind, content, answer, found):
                differing.append((str(kind), found[:3], answer, content))
    assert differing == []
    assert judged > 15 * COUNT


def test_places(oracle, metadata):
    differing = []
    compared = 0
    for kind in kinds_at_hand(20):
        judge = judge_of(kind, metadata)
        drawn = [content for _, content in samples(kind, seed=5, count=COUNT // 3)]
        answers = oracle(kind.crd, drawn, version=kind.version)
        for content, answer in zip(drawn, answers, strict=True):
            # A request that can't be decoded is refused without more places than one.
            is_decoded = all(fault.type != "BadRequest" for fault in answer.errors)
            if answer.valid or not is_decoded or is_about_the_request(kind, content):
                continue
            found = ours(judge, content)
            if not excuses(kind, content, answer, found):
                compared += 1
                if wrong := list(misplaced(answer, found)):
                    differing.append((str(kind), wrong, found, answer))
    assert differing == []
    assert compared > COUNT
