from typing import Annotated, Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Meta, Struct, defstruct

from kure_hooks.decoding import decode
from kure_hooks.errors import InputError
from kure_hooks.yamlio import dump, read, strict

Name = Annotated[str, Meta(pattern="^[a-z]+$", description="a lower-case name")]

Number = Annotated[int, Meta(le=9, description="a number up to 9")]
Target = Annotated[Number | Name, Meta(description="a number or a name")]


class Port(Struct, forbid_unknown_fields=True, rename="camel", frozen=True):
    container_port: Annotated[int, Meta(ge=1, le=65535, description="a port from 1 to 65535")]
    protocol: Literal["TCP", "UDP"] = "TCP"


class Thing(Struct, forbid_unknown_fields=True, rename="camel", frozen=True):
    name: Name
    ports: Annotated[tuple[Port, ...], Meta(min_length=1, description="at least one port")]
    labels: dict[Name, str] = {}
    replicas: int | None = None
    size: int | str | None = None
    ratio: float = 1.0
    open: dict[str, Any] = {}
    owner: Port | str | None = None
    target: Target | None = None


def findings(text, wanted=Thing, pointer=()):
    (document,) = read(text.encode(), "t.yaml", strict)
    with pytest.raises(InputError) as caught:
        decode(document, wanted, pointer)
    return [str(each) for each in caught.value.findings]


def test_a_right_value_becomes_its_type():
    (document,) = read(b"x: {name: web, ports: [{containerPort: 80}], owner: me}", "t.yaml", strict)
    expected = Thing(name="web", ports=(Port(container_port=80),), owner="me")
    assert decode(document, Thing, ("x",)) == expected


def test_every_fault_is_reported_at_once_with_its_place():
    text = """\
nmae: web
ports:
- containerPort: 0
  protocol: ICMP
- 80
labels: {Up: x, ok: 1}
replicas: many
size: [1]
ratio: true
owner: {containerPort: 1, prot: TCP}
"""
    assert findings(text) == [
        "t.yaml:1:1: name: this required key is missing. Write a lower-case name.",
        't.yaml:1:1: nmae: unknown key. Did you mean "name"?',
        "t.yaml:3:18: ports[0].containerPort: 0 is not valid. Write a port from 1 to 65535.",
        't.yaml:4:13: ports[0].protocol: "ICMP" is not valid. Write one of TCP, UDP.',
        "t.yaml:5:3: ports[1]: this is a number. Write a mapping.",
        't.yaml:6:10: labels.Up: the key "Up" is not valid. Write a lower-case name.',
        "t.yaml:6:21: labels.ok: this is a number. Write a string.",
        "t.yaml:7:11: replicas: this is a string. Write an integer.",
        "t.yaml:8:7: size: this is a list. Write an integer or a string.",
        "t.yaml:9:8: ratio: this is true or false. Write a number.",
        't.yaml:10:27: owner.prot: unknown key. Did you mean "protocol"?',
    ]


def test_a_list_that_is_too_short_says_what_is_expected():
    expected = "t.yaml:2:8: ports: 0 entries is not valid. Write at least one port."
    assert findings("name: web\nports: []\n") == [expected]


@pytest.mark.parametrize(
    ("value", "fault"),
    [
        ("web, x: 1", "2:14: x: unknown key. Write one of labels, "),
        ("[]", "2:9: target: this is a list. Write a number or a name."),
        ("10", "2:9: target: 10 is not valid. Write a number up to 9."),
        ("A", '2:9: target: "A" is not valid. Write a lower-case name.'),
    ],
)
def test_a_union_inside_a_union(value, fault):
    """Also one that is right, beside another fault."""
    found = findings(f"{{name: web, ports: [{{containerPort: 1}}],\ntarget: {value}}}")
    assert found[0].startswith(f"t.yaml:{fault}")


def test_a_value_inside_a_document_is_named_by_its_full_path():
    text = "spec:\n  thing: {name: web, ports: [{}]}\n"
    expected = (
        "t.yaml:2:30: spec.thing.ports[0].containerPort: this required key is missing. "
        "Write a port from 1 to 65535."
    )
    assert findings(text, pointer=("spec", "thing")) == [expected]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 70000) | st.sampled_from(["web", "TCP", "A b"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["name", "ports", "containerPort", "protocol", "labels", "size", "target"]
            ),
            inner,
            max_size=4,
        )
    ),
)


@given(JSON)
def test_whatever_is_refused_is_explained(value):
    (document,) = read(dump({"x": value}).encode(), "t.yaml", strict)
    try:
        decode(document, Thing, ("x",))
        findings = None
    except InputError as error:
        findings = error.findings
    assert findings is None or findings
    assert "this value is not valid" not in str(findings)


def test_an_unknown_key_that_is_near_none_of_many_comes_with_an_advice():
    many = defstruct("Many", [(f"key{at}", int, 0) for at in range(20)], forbid_unknown_fields=True)
    assert findings("service: web\n", many) == [
        "t.yaml:1:1: service: unknown key. Correct the key, or delete it."
    ]


def test_the_first_faults_of_many_are_reported():
    found = findings("".join(f"unknown-{number:05}: 1\n" for number in range(20_000)))
    assert len(found) == 100
    assert "unknown-00000: unknown key" in found[0]
    assert "unknown-00099: unknown key" in found[-1]
