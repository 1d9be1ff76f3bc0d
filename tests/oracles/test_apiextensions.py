"""The oracle of the API server's code: known verdicts, each of one rule.

They are as documented in the Kubernetes reference on custom resources, or as a cluster answers.
"""

import itertools

from tests.support.api_server import Change, definition, judge

INVALID = "FieldValueInvalid"
TYPE = "FieldValueTypeInvalid"
REQUIRED = "FieldValueRequired"
DUPLICATE = "FieldValueDuplicate"
UNSUPPORTED = "FieldValueNotSupported"
NOWHERE = (INVALID, "")
"""An error whose text alone names the place, such as those of alternatives."""


def thing(spec=None, /, **keys):
    """Return an object of the kind that `definition` defines; a key of None is left out."""
    content = {
        "apiVersion": "example.com/v1",
        "kind": "Thing",
        "metadata": {"name": "a"},
        "spec": spec,
    } | keys
    return {key: value for key, value in content.items() if value is not None}


def spec_of(schema):
    return {"type": "object", "properties": {"spec": schema}}


def field(schema):
    """Return a definition whose spec has one field, `f`, of the schema."""
    return definition(spec_of({"type": "object", "properties": {"f": schema}}))


STRING = {"type": "string"}
OPEN = {"x-kubernetes-preserve-unknown-fields": True}
INT_OR_STRING = {"x-kubernetes-int-or-string": True}
SET = {"type": "array", "x-kubernetes-list-type": "set", "items": STRING}
MAP = {
    "type": "array",
    "x-kubernetes-list-type": "map",
    "x-kubernetes-list-map-keys": ["port", "protocol"],
    "items": {
        "type": "object",
        "required": ["port"],
        "properties": {
            "port": {"type": "integer"},
            "protocol": {"type": "string", "default": "TCP"},
        },
    },
}
EMBEDDED = {"type": "object", "x-kubernetes-embedded-resource": True, **OPEN}
POD = {"apiVersion": "v1", "kind": "Pod"}


def of(*properties, **keys):
    return {"type": "object", "properties": dict.fromkeys(properties, STRING), **keys}


VALUES = [
    # Types. A float that is whole is an integer; nothing is converted from a string.
    ({"type": "integer"}, 1, set()),
    ({"type": "integer"}, 1.0, set()),
    ({"type": "integer"}, 1.5, {(TYPE, "spec.f"), NOWHERE}),
    ({"type": "integer"}, "1", {(TYPE, "spec.f")}),
    ({"type": "integer"}, True, {(TYPE, "spec.f")}),
    ({"type": "integer"}, 2**63 - 1, set()),
    ({"type": "integer"}, 2**63, {(TYPE, "spec.f"), NOWHERE}),
    ({"type": "number"}, 2**70, set()),
    (STRING, {"a": 1}, {(TYPE, "spec.f"), ("unknown", "spec.f.a")}),
    ({"type": "array", "items": STRING}, [1], {(TYPE, "spec.f[0]")}),
    # Ranges.
    ({"type": "integer", "format": "int32"}, 2**31, {NOWHERE}),
    ({"type": "integer", "minimum": 1}, 0, {(INVALID, "spec.f")}),
    ({"type": "integer", "multipleOf": 2}, 3, {(INVALID, "spec.f")}),
    ({"type": "number", "minimum": 0.5}, 0, set()),
    ({"type": "number", "minimum": 0.5}, 0.25, {(INVALID, "spec.f")}),
    (
        {"type": "array", "maxItems": 1, "items": STRING},
        ["a", "b"],
        {("FieldValueTooMany", "spec.f")},
    ),
    # Strings: lengths are of code points, patterns are Go's.
    ({"type": "string", "maxLength": 2}, "éé", set()),
    ({"type": "string", "maxLength": 2}, "abc", {("FieldValueTooLong", "spec.f")}),
    ({"type": "string", "pattern": r"^\d+$"}, "1", set()),
    ({"type": "string", "pattern": r"^\d+$"}, "1\n", {(INVALID, "spec.f")}),
    ({"type": "string", "pattern": r"^\d+$"}, "\u0661", {(INVALID, "spec.f")}),
    ({"type": "string", "enum": ["a"]}, "b", {(UNSUPPORTED, "spec.f")}),
    # Formats: those that the API server knows, and no other.
    ({"type": "string", "format": "date-time"}, "2020-01-01T00:00:00Z", set()),
    ({"type": "string", "format": "date-time"}, "2020-01-01T00:00:00", {(TYPE, "spec.f")}),
    ({"type": "string", "format": "duration"}, "5 m", set()),
    ({"type": "string", "format": "duration"}, "5", {(TYPE, "spec.f")}),
    ({"type": "string", "format": "byte"}, "aGk=", set()),
    ({"type": "string", "format": "byte"}, "aGk", {(TYPE, "spec.f")}),
    ({"type": "string", "format": "uri"}, "x", {(TYPE, "spec.f")}),
    ({"type": "string", "format": "ipv4"}, "01.2.3.4", set()),
    ({"type": "string", "format": "no-such-format"}, "x", set()),
    # Integer or string.
    (INT_OR_STRING, 1, set()),
    (INT_OR_STRING, "50%", set()),
    (INT_OR_STRING, 1.5, {(TYPE, "spec.f")}),
    (INT_OR_STRING, True, {(TYPE, "spec.f")}),
    (INT_OR_STRING | {"pattern": "^[0-9]+%$", "maximum": 10}, "x", {(INVALID, "spec.f")}),
    (INT_OR_STRING | {"pattern": "^[0-9]+%$", "maximum": 10}, 11, {(INVALID, "spec.f")}),
    (INT_OR_STRING | {"pattern": "^[0-9]+%$", "maximum": 10}, 10, set()),
    # null: dropped where it may not be, unless a list holds it.
    (STRING, None, set()),
    ({"type": "string", "nullable": True, "enum": ["a"]}, None, {(UNSUPPORTED, "spec.f")}),
    ({"type": "array", "items": STRING}, [None], {(TYPE, "spec.f[0]")}),
    ({"type": "array", "items": STRING | {"nullable": True}}, [None], set()),
    (of("a", required=["a"]), {"a": None}, {(REQUIRED, "spec.f.a")}),
    # Unknown fields.
    (of("a"), {"b": 1}, {("unknown", "spec.f.b")}),
    ({"type": "array", "items": of("a")}, [{"b": 1}], {("unknown", "spec.f[0].b")}),
    (of("a") | OPEN, {"b": {"c": None}}, set()),
    (
        {"type": "object", "properties": {"a": of("b")}} | OPEN,
        {"a": {"c": 1}},
        {("unknown", "spec.f.a.c")},
    ),
    ({"type": "object", "additionalProperties": STRING}, {"x.y/z": 1}, {(TYPE, "spec.f.x.y/z")}),
    (
        {"type": "object", "additionalProperties": True},
        {"a": 1, "b": {"c": 1}},
        {("unknown", "spec.f.b.c")},
    ),
    # Alternatives, and what a default does to them.
    (of("a", "b", oneOf=[{"required": ["a"]}, {"required": ["b"]}]), {"a": "1"}, set()),
    (
        of("a", "b", oneOf=[{"required": ["a"]}, {"required": ["b"]}]),
        {"a": "1", "b": "2"},
        {NOWHERE},
    ),
    (
        of("a", "b", anyOf=[{"required": ["a"]}, {"required": ["b"]}]),
        {},
        {NOWHERE, (REQUIRED, "spec.f.a")},
    ),
    (of("a", **{"not": {"required": ["a"]}}), {"a": "1"}, {NOWHERE}),
    # Sets and maps in lists.
    (SET, ["a", "b"], set()),
    (SET, ["a", "a", "a"], {(DUPLICATE, "spec.f[1]")}),
    (MAP, [{"port": 1}, {"port": 1, "protocol": "UDP"}], set()),
    (MAP, [{"port": 1}, {"port": 1, "protocol": "TCP"}], {(DUPLICATE, "spec.f[1]")}),
    (MAP, [{"port": 1}, {"port": 1}], {(DUPLICATE, "spec.f[1]")}),
    # Embedded resources.
    (EMBEDDED, POD, set()),
    (EMBEDDED, {}, {(REQUIRED, "spec.f.apiVersion"), (REQUIRED, "spec.f.kind")}),
    (EMBEDDED, POD | {"kind": "p_d"}, {(INVALID, "spec.f.kind")}),
    (EMBEDDED, POD | {"apiVersion": "a/b/c"}, {(INVALID, "spec.f.apiVersion")}),
    (EMBEDDED, POD | {"metadata": {"name": "A_B"}, "any": 1}, set()),
    (EMBEDDED, POD | {"metadata": {"name": "a/b"}}, {(INVALID, "spec.f.metadata.name")}),
    (EMBEDDED, POD | {"metadata": {"labels": {"a": "b c"}}}, {(INVALID, "spec.f.metadata.labels")}),
    (EMBEDDED, POD | {"metadata": {"labels": {"a": 1}}}, {("BadRequest", "spec.f.metadata")}),
    (EMBEDDED, POD | {"metadata": {"any": 1}}, {("unknown", "spec.f.metadata.any")}),
]


def test_value_of_a_field(oracle):
    wrong = {}
    for schema, cases in itertools.groupby(VALUES, key=lambda case: case[0]):
        rows = list(cases)
        judgements = oracle(field(schema), [thing({"f": value}) for _, value, _ in rows])
        for (_, value, expected), judgement in zip(rows, judgements, strict=True):
            found = judgement.fields | {("unknown", path) for path in judgement.unknown}
            if found != expected:
                wrong[str((schema, value))] = found
    assert wrong == {}


METADATA = [
    ({"name": "a.b-c"}, set()),
    ({"name": "A"}, {(INVALID, "metadata.name")}),
    ({"name": "a" * 254}, {(INVALID, "metadata.name")}),
    ({"name": None}, {(REQUIRED, "metadata.name")}),
    ({"name": 1}, {("BadRequest", "")}),
    ({"generateName": "a-"}, set()),
    ({"name": "a", "generateName": "a_"}, {(INVALID, "metadata.generateName")}),
    ({"name": "a", "namespace": "a.b"}, {(INVALID, "metadata.namespace")}),
    ({"name": "a", "labels": {"example.com/a": ""}}, set()),
    ({"name": "a", "labels": {"a": "b c"}}, {(INVALID, "metadata.labels")}),
    ({"name": "a", "labels": {"a": "x" * 64}}, {(INVALID, "metadata.labels")}),
    ({"name": "a", "labels": {"-a": "b"}}, {(INVALID, "metadata.labels")}),
    ({"name": "a", "labels": {"a": True}}, {("BadRequest", "")}),
    ({"name": "a", "labels": {"a": None}}, set()),
    ({"name": "a", "annotations": {"Example.COM/a": "any thing"}}, set()),
    ({"name": "a", "annotations": {"a b": ""}}, {(INVALID, "metadata.annotations")}),
    (
        {"name": "a", "annotations": {"a": "x" * 2**18}},
        {("FieldValueTooLong", "metadata.annotations")},
    ),
    ({"name": "a", "finalizers": ["a b"]}, {(INVALID, "metadata.finalizers")}),
    (
        {"name": "a", "ownerReferences": [{"apiVersion": "v1", "kind": "Pod", "name": "b"}]},
        {(REQUIRED, "metadata.ownerReferences[0].uid")},
    ),
    ({"name": "a", "resourceVersion": "1"}, {("BadRequest", "metadata.resourceVersion")}),
    ({"name": "a", "any": 1}, {("unknown", "metadata.any")}),
]


def test_metadata(oracle):
    judgements = oracle(
        definition(spec_of(of("a"))),
        [thing({}, metadata=metadata) for metadata, _ in METADATA],
    )
    found = [j.fields | {("unknown", path) for path in j.unknown} for j in judgements]
    assert found == [expected for _, expected in METADATA]


def test_metadata_is_judged_by_the_schema_too(oracle):
    schema = {"type": "object", "properties": {"metadata": of("name")}}
    schema["properties"]["metadata"]["properties"]["name"] = {"type": "string", "maxLength": 2}
    short, long = oracle(
        definition(schema),
        [thing(metadata={"name": "ab"}), thing(metadata={"name": "abc"})],
    )
    assert short.valid
    assert long.fields == {("FieldValueTooLong", "metadata.name")}


def test_namespace_of_a_kind_without_namespaces_is_ignored(oracle):
    [judgement] = oracle(
        definition(spec_of(of("a")), scope="Cluster"),
        [thing({}, metadata={"name": "a", "namespace": "NO"})],
    )
    assert judgement.valid


def test_type_meta(oracle):
    found = oracle(
        definition(spec_of(of("a"))),
        [
            thing({}, kind="Other"),
            thing({}, kind=""),
            thing({}, apiVersion="example.com/v2"),
            thing({}, any=1),
        ],
    )
    assert [judgement.fields for judgement in found] == [
        {(INVALID, "kind")},
        {("BadRequest", "")},
        {("BadRequest", "apiVersion")},
        set(),
    ]
    assert found[-1].unknown == ("any",)


def test_duplicate_fields(oracle):
    [judgement] = oracle(
        definition(spec_of(of("a"))),
        [
            """{"apiVersion": "example.com/v1", "kind": "Thing",
            "metadata": {"name": "a"}, "spec": {"a": "1", "a": "2"}}"""
        ],
    )
    assert not judgement.errors
    assert judgement.duplicate == ("spec.a",)


def test_defaults(oracle):
    inner = of("a") | {"default": {}}
    inner["properties"]["a"] = {"type": "string", "default": "x"}
    nullable = {"type": "string", "nullable": True, "default": "x"}
    schema = {
        "type": "object",
        "properties": {
            "inner": inner,
            "nullable": nullable,
            "list": {"type": "array", "items": inner},
            "map": {"type": "object", "additionalProperties": inner},
            "absent": {"type": "object", "properties": {"a": {"type": "string", "default": "x"}}},
        },
    }
    values = [{}, {"inner": None, "nullable": None, "list": [{}, None], "map": {"k": None}}]
    found = oracle(definition(spec_of(schema)), [thing(value) for value in values], stored=True)
    full = {"a": "x"}
    assert [judgement.stored["spec"] for judgement in found] == [
        {"inner": full, "nullable": "x"},
        {"inner": full, "nullable": None, "list": [full, full], "map": {"k": full}},
    ]


def test_status_of_a_subresource_is_not_judged(oracle):
    schema = spec_of(of("a"))
    schema["properties"]["status"] = of("a")
    wrong = thing({}, status={"a": 1})
    [judged] = oracle(definition(schema), [wrong])
    assert judged.fields == {(TYPE, "status.a")}
    apart = definition(schema, subresources={"status": {}})
    found = oracle(apart, [wrong, thing({}, status={"b": 1})])
    assert not found[0].errors
    assert found[1].unknown == ("status.b",)


def test_scale(oracle):
    schema = spec_of({"type": "object", "properties": {"replicas": {"type": "integer"}}})
    scale = {"specReplicasPath": ".spec.replicas", "statusReplicasPath": ".status.replicas"}
    found = oracle(
        definition(schema, subresources={"scale": scale}),
        [thing({"replicas": count}) for count in (0, -1, 2**31)],
    )
    place = (INVALID, ".spec.replicas")
    assert [judgement.fields for judgement in found] == [set(), {place}, {place}]


def rules(*rules, **properties):
    schema = {"type": "object", "properties": {"a": {"type": "integer"}, **properties}}
    return definition(spec_of(schema | {"x-kubernetes-validations": list(rules)}))


def test_rule(oracle):
    crd = rules({"rule": "self.a > 1", "message": "too few"})
    found = oracle(crd, [thing({"a": a}) for a in (2, 1)] + [thing({}), thing()])
    assert [judgement.fields for judgement in found] == [
        set(),
        {(INVALID, "spec")},
        {(INVALID, "spec")},
        set(),
    ]
    assert "too few" in found[1].errors[0].detail
    assert "no such key: a" in found[2].errors[0].detail


def test_place_and_reason_of_a_rule(oracle):
    crd = rules({"rule": "self.a > 1", "fieldPath": ".a", "reason": "FieldValueForbidden"})
    [judgement] = oracle(crd, [thing({"a": 1})])
    assert judgement.fields == {("FieldValueForbidden", "spec.a")}


def test_message_expression(oracle):
    crd = rules(
        {"rule": "self.a > 1", "messageExpression": "'has ' + string(self.a)", "message": "plain"},
        {"rule": "self.a > 1", "messageExpression": "self.a == 1 ? '' : 'x'", "message": "plain"},
        {"rule": "self.a > 1", "messageExpression": "string(1 / (self.a - 1))", "message": "plain"},
    )
    [judgement] = oracle(crd, [thing({"a": 1})])
    assert [fault.detail.rpartition(": ")[2] for fault in judgement.errors] == [
        "has 1",
        "plain",
        "plain",
    ]


def test_rules_see_defaults(oracle):
    crd = rules({"rule": "self.b == 'x'"}, b={"type": "string", "default": "x"})
    found = oracle(crd, [thing({}), thing({"b": "y"})])
    assert [judgement.valid for judgement in found] == [True, False]


def test_rules_wait_for_types_but_not_for_ranges(oracle):
    crd = rules({"rule": "self.a > 1"}, b={"type": "string", "minLength": 2})
    typed, ranged = oracle(crd, [thing({"a": 1, "b": 1}), thing({"a": 1, "b": "x"})])
    assert typed.fields == {(TYPE, "spec.b"), NOWHERE}
    assert "some validation rules were not checked" in typed.errors[-1].detail
    assert ranged.fields == {(INVALID, "spec.b"), (INVALID, "spec")}


def test_rules_of_items_and_values(oracle):
    rule = {"x-kubernetes-validations": [{"rule": "self != 'no'"}]}
    text = {"type": "string", "maxLength": 9} | rule
    schema = {
        "type": "object",
        "properties": {
            "list": {"type": "array", "maxItems": 9, "items": text},
            "map": {"type": "object", "maxProperties": 9, "additionalProperties": text},
        },
    }
    [judgement] = oracle(
        definition(spec_of(schema)),
        [thing({"list": ["a", "no"], "map": {"k.x/y": "no"}})],
    )
    assert judgement.fields == {(INVALID, "spec.list[1]"), (INVALID, "spec.map[k.x/y]")}


def test_rules_see_the_name(oracle):
    schema = spec_of(of("a"))
    schema["x-kubernetes-validations"] = [{"rule": "self.metadata.name == 'a'"}]
    found = oracle(definition(schema), [thing({}), thing({}, metadata={"name": "b"})])
    assert [judgement.fields for judgement in found] == [set(), {NOWHERE}]


def test_rule_of_integer_or_string(oracle):
    rule = "type(self) == int ? self > 1 : self.endsWith('%')"
    schema = INT_OR_STRING | {"x-kubernetes-validations": [{"rule": rule}]}
    found = oracle(field(schema), [thing({"f": value}) for value in (2, "5%", 1, "5")])
    assert [judgement.valid for judgement in found] == [True, True, False, False]


def test_rule_that_costs_too_much(oracle):
    schema = {"type": "array", "items": STRING}
    rule = {"x-kubernetes-validations": [{"rule": "self.all(x, self.all(y, x == y))"}]}
    few, many = oracle(field(schema | rule), [thing({"f": ["a"] * n}) for n in (100, 3000)])
    assert few.valid
    assert "call cost exceeds limit" in many.errors[0].detail


def test_rule_on_a_change(oracle):
    crd = field({"type": "integer", "x-kubernetes-validations": [{"rule": "self >= oldSelf"}]})
    one, two, none = thing({"f": 1}), thing({"f": 2}), thing({})
    found = oracle(crd, [one, Change(one, two), Change(two, one), Change(none, one)])
    assert [judgement.fields for judgement in found] == [set(), set(), {(INVALID, "spec.f")}, set()]


def test_rule_on_a_change_from_nothing(oracle):
    rule = {"rule": "oldSelf.hasValue() || self == 1", "optionalOldSelf": True}
    crd = field({"type": "integer", "x-kubernetes-validations": [rule]})
    one, two, none = thing({"f": 1}), thing({"f": 2}), thing({})
    found = oracle(crd, [one, two, Change(one, two), Change(none, two)])
    assert [judgement.valid for judgement in found] == [True, False, True, False]


def test_what_stays_as_it_was_is_not_refused(oracle):
    crd = definition(
        spec_of(
            {
                "type": "object",
                "properties": {"a": {"type": "integer", "maximum": 5}, "b": STRING},
            }
        )
    )
    old = thing({"a": 9})
    kept, made = oracle(crd, [Change(old, thing({"a": 9, "b": "x"})), Change(old, thing({"a": 8}))])
    assert kept.valid
    assert made.fields == {(INVALID, "spec.a")}


def test_name_does_not_change(oracle):
    [judgement] = oracle(
        definition(spec_of(of("a"))),
        [Change(thing({}), thing({}, metadata={"name": "b"}))],
    )
    assert judgement.fields == {(INVALID, "metadata.name")}


def test_definition_that_is_refused():
    crd = rules({"rule": "self.none > 1"})
    refusal, [judgement] = judge(crd, [thing({"a": 1})], version="v1", check=True)
    assert any("undefined field 'none'" in fault.detail for fault in refusal.errors)
    assert "rule compile error" in judgement.errors[0].detail
