"""The verdicts of the validator inside the process."""

import json

import pytest

from kure_hooks.errors import UsageError
from kure_hooks.files.memory import MemoryTree
from kure_hooks.findings import Severity, Skipped
from kure_hooks.validators import VALIDATORS, Job, validator

DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - name: web
        image: web:1
"""
CRD = """\
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: widgets.example.com}
spec:
  group: example.com
  scope: Namespaced
  names: {kind: Widget, plural: widgets}
  versions:
  - name: v1
    served: true
    storage: true
    schema:
      openAPIV3Schema:
        type: object
        properties:
          spec:
            type: object
            required: [size]
            properties:
              size: {type: integer, default: 3}
              mode: {type: string, enum: [fast, safe]}
              ports:
                type: array
                x-kubernetes-list-type: map
                x-kubernetes-list-map-keys: [port, protocol]
                items:
                  type: object
                  required: [port]
                  properties:
                    port: {type: integer}
                    protocol: {type: string, default: TCP}
          status: {type: object, properties: {ready: {type: boolean}}}
    subresources: {status: {}}
"""
RULED = CRD.replace(
    "            required: [size]\n",
    """            required: [size]
            x-kubernetes-validations:
            - rule: self.size < 9 || self.mode == 'safe'
              messageExpression: "'a size of ' + string(self.size) + ' is not safe'"
            - rule: self.size != 5
              message: no five
              fieldPath: .size
""",
)

LOCAL = """\
apiVersion: example.com/v1
kind: Widget
metadata: {annotations: {config.kubernetes.io/local-config: 'true'}}
"""


def widget(spec="{}", name="a"):
    return f"apiVersion: example.com/v1\nkind: Widget\nmetadata: {{name: {name}}}\nspec: {spec}\n"


def owners(*changes):
    """Return the metadata of an object whose owners are Pods with some keys changed."""
    pod = {"apiVersion": "v1", "kind": "Pod", "name": "a", "uid": "b"}
    listed = [{**pod, "uid": str(number), **change} for number, change in enumerate(changes)]
    return f"metadata: {json.dumps({'name': 'a', 'ownerReferences': listed})}"


def validate(files, *, tree=None, **options):
    data = {name: text.encode() for name, text in files.items()}
    others = {name: text.encode() for name, text in (tree or {}).items()}
    job = Job(data, options.pop("kubernetes", "1.34"), tree=MemoryTree(others), **options)
    return validator("embedded").validate(job)


def lines(verdict):
    return [f"{finding} [{finding.rule}]" for finding in verdict.findings]


def test_valid_objects_are_counted_by_what_judged_them():
    verdict = validate({"a.yaml": f"{DEPLOYMENT}---\n{CRD}---\n{widget()}"})
    assert lines(verdict) == []
    assert (verdict.checked, verdict.judges) == (
        3,
        {"a.yaml": 1, "the schemas of Kubernetes 1.34.4": 2},
    )


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        (
            "replicas: 2",
            "replicaz: 2",
            '5:3: Deployment web: spec.replicaz: unknown key. Did you mean "replicas"? [VA010]',
        ),
        (
            "replicas: 2",
            'replicas: "2"',
            "5:3: Deployment web: spec.replicas: this is a text. Write a whole number. [VA012]",
        ),
        (
            "  selector: {matchLabels: {app: web}}\n",
            "",
            "5:3: Deployment web: spec.selector: this required key is missing [VA011]",
        ),
        (
            "image: web:1",
            "image: web:1\n        ports: [{containerPort: 80, protocl: TCP}]",
            (
                "13:37: Deployment web: spec.template.spec.containers[0].ports[0].protocl:"
                " unknown key."
                ' Did you mean "protocol"? [VA010]'
            ),
        ),
        (
            "{app: web}}\n  template",
            "{app: 1}}\n  template",
            (
                "6:28: Deployment web: spec.selector.matchLabels.app: this is a whole number."
                " Write a text, so put the value in quotes. [VA012]"
            ),
        ),
        (
            "kind: Deployment",
            "kind: Deploymnt",
            (
                "2:1: Deploymnt web: kind: Kubernetes 1.34 has no Deploymnt of apps/v1. Did you"
                " mean"
                ' "Deployment"? [VA017]'
            ),
        ),
        (
            "apps/v1",
            "apps/v1beta1",
            (
                "1:1: Deployment web: apiVersion: apps/v1beta1 Deployment is not served since"
                " Kubernetes 1.16. Write apiVersion: apps/v1. [VA107]"
            ),
        ),
    ],
)
def test_kinds_of_kubernetes(old, new, line):
    assert old in DEPLOYMENT
    assert lines(validate({"a.yaml": DEPLOYMENT.replace(old, new, 1)})) == [f"a.yaml:{line}"]


@pytest.mark.parametrize("version", ["1.25", "1.30.2", "1.37", "1.99"])
def test_every_version_judges_what_they_all_have(version):
    assert lines(validate({"a.yaml": DEPLOYMENT}, kubernetes=version)) == []


def test_a_version_has_the_kinds_of_its_own():
    text = "apiVersion: policy/v1beta1\nkind: PodDisruptionBudget\nmetadata: {name: a}\n"
    assert "VA107" in {finding.rule for finding in validate({"a.yaml": text}).findings}
    text = (
        "apiVersion: networking.k8s.io/v1\nkind: ServiceCIDR\nmetadata: {name: a}\n"
        "spec: {cidrs: [10.0.0.0/24]}\n"
    )
    assert lines(validate({"a.yaml": text}, kubernetes="1.33")) == []
    (line,) = lines(validate({"a.yaml": text}, kubernetes="1.30"))
    assert line.startswith("a.yaml:2:1: ServiceCIDR a: kind: Kubernetes 1.30 has no ServiceCIDR of")


@pytest.mark.parametrize("version", ["x", "1", "", "1.x", "2.0.0.0"])
def test_a_version_that_is_none_is_wrong_usage(version):
    with pytest.raises(UsageError, match="is no Kubernetes version"):
        validate({"a.yaml": DEPLOYMENT}, kubernetes=version)


@pytest.mark.parametrize(
    ("spec", "found"),
    [
        ("{size: null, mode: fast}", []),
        (
            "{size: big}",
            ["4:8: Widget a: spec.size: this is a text. Write a whole number. [VA012]"],
        ),
        (
            "{mode: slow}",
            [
                (
                    "4:8: Widget a: spec.mode: this is not an allowed value. Write one of fast,"
                    " safe."
                    " [VA013]"
                )
            ],
        ),
        ("{modes: fast}", ['4:8: Widget a: spec.modes: unknown key. Did you mean "mode"? [VA010]']),
        ("{ports: [{port: 1}, {port: 1, protocol: UDP}]}", []),
        (
            "{ports: [{port: 1}, {port: 1, protocol: TCP}]}",
            ["4:27: Widget a: spec.ports[1]: this item is there already [VA014]"],
        ),
        (
            "{ports: [{}]}",
            ["4:16: Widget a: spec.ports[0].port: this required key is missing [VA011]"],
        ),
        ("{size: '${SIZE}', mode: '${MODE:=fast}'}", []),
        ("[]", ["4:1: Widget a: spec: this is a list. Write a mapping. [VA012]"]),
    ],
)
@pytest.mark.parametrize("place", ["files", "tree"])
def test_custom_resources_are_judged_by_the_crd_of_the_repository(place, spec, found):
    crds = {"crds/widget.yaml": CRD}
    files = {"a.yaml": widget(spec), **(crds if place == "files" else {})}
    verdict = validate(files, tree=crds if place == "tree" else {})
    assert lines(verdict) == [f"a.yaml:{line}" for line in found]
    assert verdict.judges["crds/widget.yaml"] == 1


def test_a_crd_goes_before_the_packed_schema_and_judges_no_kind_of_kubernetes():
    crd = CRD.replace("example.com", "kustomize.toolkit.fluxcd.io").replace(
        "Widget", "Kustomization"
    )
    text = (
        widget()
        .replace("example.com", "kustomize.toolkit.fluxcd.io")
        .replace("Widget", "Kustomization")
    )
    assert validate({"a.yaml": text}, tree={"crd.yaml": crd}).judges == {"crd.yaml": 1}
    assert lines(validate({"a.yaml": text})) != []
    forged = CRD.replace("example.com", "apps").replace("Widget", "Deployment")
    verdict = validate({"a.yaml": DEPLOYMENT}, tree={"crd.yaml": forged})
    assert verdict.judges == {"the schemas of Kubernetes 1.34.4": 1}


@pytest.mark.parametrize(
    ("metadata", "found"),
    [
        ("", ["metadata.name: the object has no name"]),
        ("metadata: null", ["metadata.name: the object has no name"]),
        ("metadata: {}", ["metadata.name: the object has no name"]),
        ("metadata: {name: null}", ["metadata.name: the object has no name"]),
        ("metadata: {name: ''}", ["metadata.name: the object has no name"]),
        ("metadata: {name: '', generateName: ''}", ["metadata.name: the object has no name"]),
        ("metadata: {name: '', generateName: a-}", []),
        ("metadata: {name: a, generateName: a-}", []),
        ("metadata: {name: a, generateName: a.-}", []),
        ("metadata: {name: a, generateName: A-}", []),  # judged as "a"
        ("metadata: {name: a, generateName: Ab-}", ["metadata.generateName"]),
        ("metadata: {name: a, generateName: '-'}", ["metadata.generateName"]),
        ("metadata: {generateName: a.-}", ["metadata.generateName"]),
        ("metadata: {generateName: a_}", ["metadata.generateName"]),
        ("metadata: {name: a, creationTimestamp: null}", []),
        ("metadata: {name: a, creationTimestamp: 2026-01-31T12:00:00Z}", []),
        ("metadata: {name: a, creationTimestamp: yesterday}", ["this is no time"]),
        ("metadata: {name: a, creationTimestamp: '2026-02-30T12:00:00Z'}", ["this is no time"]),
        ("metadata: {name: a, managedFields: [{time: 2026-01-31}]}", ["[0].time: this is no"]),
        (owners({"kind": "Event"}), ["ownerReferences[0].kind: an Event"]),
        (owners({"kind": "Event", "apiVersion": "events.k8s.io/v1"}), []),
        (
            owners({"apiVersion": "a/b/c"}),
            ["ownerReferences[0].apiVersion: this is no API version"],
        ),
        (owners({"controller": True}, {"controller": False}), []),
        (owners({"controller": True}, {"controller": True}), ["[1].controller: another owner"]),
    ],
)
@pytest.mark.parametrize("kind", ["example.com/v1\nkind: Widget\n", "v1\nkind: ConfigMap\n"])
def test_metadata(kind, metadata, found):
    text = f"apiVersion: {kind}{metadata}\n"
    messages = lines(validate({"a.yaml": text, "c.yaml": CRD}))
    assert len(messages) == len(found), messages
    assert all(part in message for part, message in zip(found, messages, strict=True)), messages


@pytest.mark.parametrize(
    "text",
    [
        "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources: []\n",
        LOCAL,
        "apiVersion: kind.x-k8s.io/v1alpha4\nkind: Cluster\n",
    ],
)
def test_what_is_kept_in_no_cluster_needs_no_name(text):
    verdict = validate({"a.yaml": text, "crd.yaml": CRD}, unknown="skip")
    assert verdict.findings == ()


def test_a_status_is_dropped_but_its_keys_are_known():
    text = f"{widget()}status: {{ready: 'no'}}\n"
    assert lines(validate({"a.yaml": text}, tree={"crd.yaml": CRD})) == []
    text = f"{widget()}status: {{redy: true}}\n"
    (line,) = lines(validate({"a.yaml": text}, tree={"crd.yaml": CRD}))
    assert line == 'a.yaml:5:10: Widget a: status.redy: unknown key. Did you mean "ready"? [VA010]'
    # What is no mapping has no keys.
    for status in ("{ready: {a: 1}}", "{ready: [{a: 1}]}", "[{a: 1}]"):
        text = f"{widget()}status: {status}\n"
        (line,) = lines(validate({"a.yaml": text}, tree={"crd.yaml": CRD}))
        assert "VA012" in line


@pytest.mark.parametrize(
    "part",
    [
        "1",
        "{properties: [1]}",
        "{properties: {a: 1}}",
        "{properties: {a: {properties: [2]}}}",
        "{items: true}",
        "{items: [{type: string}]}",
        "{additionalProperties: 5}",
        "{$ref: '#/definitions/other'}",
        "{$ref: nowhere}",
        "{allOf: 1}",
        "{anyOf: [1]}",
        "{not: []}",
        "{type: 5}",
        "{type: [string, 'null']}",
        "{format: 5}",
        "{required: 5}",
        "{enum: 3}",
        "{x-kubernetes-list-type: {}, x-kubernetes-list-map-keys: 5}",
        "{x-kubernetes-validations: 3}",
    ],
)
def test_a_crd_of_a_wrong_shape_is_no_schema(part):
    crd = CRD.replace(
        "          status: {type", f"          other: {part}\n          status: {{type"
    )
    (line,) = lines(validate({"a.yaml": widget()}, tree={"crd.yaml": crd}))
    assert "there is no schema for Widget" in line


def test_a_status_is_kept_where_nobody_else_sets_it():
    text = f"{widget()}status: {{ready: 'no'}}\n"
    (line,) = lines(validate({"a.yaml": text}, tree={"crd.yaml": CRD.replace("status: {}}", "}")}))
    assert "status.ready" in line
    project = "apiVersion: argoproj.io/v1alpha1\nkind: AppProject\nmetadata: {name: a}\n"
    text = f"{project}spec: {{}}\nstatus: {{jwtTokensByRole: 1}}\n"
    (line,) = lines(validate({"a.yaml": text}))
    assert "status.jwtTokensByRole" in line


@pytest.mark.parametrize(
    ("size", "wrong"), [("0", 0), (f"{2**31 - 1}", 0), ("-1", 1), (f"{2**31}", 1), ("null", 0)]
)
def test_numbers_that_something_else_scales(size, wrong):
    scale = "{specReplicasPath: .spec.size, statusReplicasPath: .status.replicas}"
    crd = CRD.replace("{status: {}}", f"{{status: {{}}, scale: {scale}}}")
    assert (
        len(lines(validate({"a.yaml": widget(f"{{size: {size}}}")}, tree={"c.yaml": crd}))) == wrong
    )


@pytest.mark.parametrize(
    ("spec", "found"),
    [
        ("{}", []),
        ("{size: 9, mode: safe}", []),
        ("{size: 9, mode: fast}", ["4:1: Widget a: spec: a size of 9 is not safe [VA015]"]),
        (
            "{size: 9}",
            [
                (
                    "4:1: Widget a: spec: no such key: mode evaluating rule:"
                    " self.size < 9 || self.mode == 'safe' [VA015]"
                )
            ],
        ),
        ("{size: 5}", ["4:8: Widget a: spec.size: no five [VA015]"]),
        ("{size: null}", []),
        (
            "{size: 5, mode: x}",
            [
                (
                    "4:17: Widget a: spec.mode: this is not an allowed value. Write one of fast,"
                    " safe. [VA013]"
                )
            ],
        ),
        (
            "{size: 5, moda: x}",
            [
                "4:8: Widget a: spec.size: no five [VA015]",
                '4:17: Widget a: spec.moda: unknown key. Did you mean "mode"? [VA010]',
            ],
        ),
    ],
)
def test_the_rules_of_crds_are_evaluated_after_defaults(spec, found):
    verdict = validate({"a.yaml": widget(spec)}, tree={"crd.yaml": RULED})
    assert lines(verdict) == [f"a.yaml:{line}" for line in found]


def test_a_rule_that_does_not_compile_is_told_once():
    broken = RULED.replace("self.size != 5", "self.siz != 5")
    verdict = validate({"a.yaml": widget(), "b.yaml": widget(name="b")}, tree={"crd.yaml": broken})
    (finding,) = verdict.findings
    assert (finding.rule, finding.severity) == ("VA018", Severity.WARNING)
    assert "this rule of the CRD can't be judged: " in finding.problem


def test_packed_schemas_have_their_rules():
    text = (
        "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: {name: a}\n"
        "spec: {interval: 1h}\n"
    )
    assert lines(validate({"a.yaml": text})) == [
        "a.yaml:4:1: HelmRelease a: spec: either chart or chartRef must be set [VA015]"
    ]


def test_without_the_library_rules_are_left_out_and_that_is_said_once(monkeypatch):
    monkeypatch.setattr("kure_hooks.validators.ruling.available", lambda: False)
    texts = {"a.yaml": widget("{size: 5}"), "b.yaml": widget("{size: 5}", name="b")}
    verdict = validate(texts, tree={"crd.yaml": RULED})
    assert verdict.findings == ()
    assert [skipped.subject for skipped in verdict.skipped] == ["the rules that CRDs have in CEL"]


def test_what_the_api_server_checks_beside_the_schema():
    text = DEPLOYMENT.replace("name: web}", "name: Web_1}")
    assert {finding.rule for finding in validate({"a.yaml": text}).findings} == {"VA100"}


def test_the_schema_goes_first_where_both_complain():
    text = DEPLOYMENT.replace("  selector: {matchLabels: {app: web}}\n", "")
    assert [finding.rule for finding in validate({"a.yaml": text}).findings] == ["VA011"]


@pytest.mark.parametrize(
    ("policy", "severity"), [("error", Severity.ERROR), ("warn", Severity.WARNING)]
)
def test_an_unknown_kind_is_told_once(policy, severity):
    verdict = validate({"a.yaml": widget(), "b.yaml": widget(name="b")}, unknown=policy)
    assert lines(verdict) == [
        (
            "a.yaml:2:1: Widget a: kind: there is no schema for Widget of example.com/v1, so"
            " 2 objects"
            " were not validated. Add its CRD: kure-hooks schemas add FILE. [VA016]"
        )
    ]
    assert (verdict.findings[0].severity, verdict.checked) == (severity, 0)


def test_an_unknown_kind_may_be_skipped_but_not_in_silence():
    verdict = validate({"a.yaml": widget()}, unknown="skip")
    reason = "there is no schema for Widget of example.com/v1, so 1 object was not validated"
    assert (verdict.findings, verdict.skipped) == ((), (Skipped("Widget", reason),))


def test_a_crd_that_can_t_be_read_is_told():
    broken = CRD.replace("spec:\n  group", "spec: {\n  group", 1)
    verdict = validate({"a.yaml": widget()}, tree={"crd.yaml": broken})
    assert [skipped.subject for skipped in verdict.skipped] == ["crd.yaml"]


def test_files_of_kustomize_are_judged_as_such():
    text = "resources: [a.yaml]\nimages: [{name: a, newtag: b}]\n"
    assert lines(validate({"kustomization.yaml": text})) == [
        (
            "kustomization.yaml:2:20: Kustomization: images[0].newtag: unknown key. Did you mean"
            ' "newTag"? [VA010]'
        )
    ]


def test_items_of_lists_are_judged_one_by_one():
    item = "- apiVersion: v1\n  kind: ConfigMap\n  metadata: {name: a}\n  dat: {}\n"
    text = f"apiVersion: v1\nkind: List\nitems:\n{item}"
    assert lines(validate({"a.yaml": text})) == [
        'a.yaml:7:3: ConfigMap a: dat: unknown key. Did you mean "data"? [VA010]'
    ]


def test_documents_of_scanned_files_that_are_no_objects_are_left_out():
    text = f"a: 1\n---\n- 1\n---\n{DEPLOYMENT}"
    assert lines(validate({"a.yaml": text}, scanned=frozenset({"a.yaml"}))) == []
    assert len(lines(validate({"a.yaml": text}))) == 3


def test_no_value_is_repeated():
    text = (
        "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\ndata: {password: [hunter2]}\ntype: 7\n"
    )
    assert "hunter2" not in "".join(lines(validate({"a.yaml": text})))


def test_the_default_is_the_validator_inside():
    assert next(iter(VALIDATORS)) == "embedded"


@pytest.mark.parametrize(
    ("version", "near"),
    [("1.99", "1.37"), ("1.20", "1.25"), ("1.7.3", "1.25"), ("1.100.1", "1.37")],
)
def test_a_version_without_schemas_is_told_once(version, near):
    verdict = validate({"a.yaml": DEPLOYMENT, "b.yaml": DEPLOYMENT}, kubernetes=version)
    reason = (
        f"there are no schemas for it, so objects are judged as by {near}. Name a version from"
        " 1.25 to 1.37"
    )
    assert verdict.skipped == (Skipped(f"Kubernetes {version}", reason),)


@pytest.mark.parametrize("version", ["1.25", "1.25.99", "1.37"])
def test_nothing_is_told_of_a_version_with_schemas(version):
    assert validate({"a.yaml": DEPLOYMENT}, kubernetes=version).skipped == ()


def test_kinds_are_those_of_the_version_that_judges():
    text = DEPLOYMENT.replace("apps/v1", "extensions/v1beta1")
    (line,) = lines(validate({"a.yaml": text}, kubernetes="1.15"))
    assert "is not served since Kubernetes 1.16" in line


def custom(api_version, kind):
    return f"apiVersion: {api_version}\nkind: {kind}\nmetadata: {{name: a, namespace: b}}\n"


@pytest.mark.parametrize(
    ("api_version", "kind", "meant"),
    [
        ("kustomize.toolkit.fluxcd.io/v1", "Kustomisation", "kind: Kustomization"),
        (
            "kustomize.toolkit.fluxcd.io/v2",
            "Kustomization",
            "apiVersion: kustomize.toolkit.fluxcd.io/v1",
        ),
        ("kustomize.toolkit.fluxcd.io/v1", "HelmRelease", "apiVersion: helm.toolkit.fluxcd.io/v2"),
        ("argoproj.io/v1", "Application", "apiVersion: argoproj.io/v1alpha1"),
    ],
)
def test_flux_and_argo_cd_have_the_kinds_of_their_release(api_version, kind, meant):
    (line,) = lines(validate({"a.yaml": custom(api_version, kind)}, unknown="skip"))
    assert f" has no {kind} of {api_version}. Did you mean {meant}? [VA017]" in line
    assert line.startswith(f"a.yaml:2:1: {kind} a: kind: ")


@pytest.mark.parametrize(
    ("api_version", "kind", "meant"),
    [
        ("cert-manager.io/v2", "Certificate", "apiVersion: cert-manager.io/v1"),
        ("monitoring.coreos.com/v1", "ServiceMonitr", "kind: ServiceMonitor"),
        ("argoproj.io/v1alpha1", "Aplication", "kind: Application"),
    ],
)
def test_what_another_release_may_have_is_a_warning_with_the_nearest_kind(api_version, kind, meant):
    verdict = validate({"a.yaml": custom(api_version, kind)})
    assert [finding.severity for finding in verdict.findings] == [Severity.WARNING]
    assert f"Did you mean {meant}? Else add its CRD" in lines(verdict)[0]


@pytest.mark.parametrize(
    ("api_version", "kind"),
    [
        ("infra.contrib.fluxcd.io/v1", "Kustomization"),
        ("image.toolkit.fluxcd.io/v1", "Quarantine"),
        ("argoproj.io/v1alpha1", "Sensor"),
        ("example.org/v1", "Certificate"),
    ],
)
def test_nothing_is_meant_by_what_is_like_nothing(api_version, kind):
    verdict = validate({"a.yaml": custom(api_version, kind)})
    assert [finding.rule for finding in verdict.findings] == ["VA016"]
    assert "Did you mean" not in lines(verdict)[0]


def test_a_crd_of_the_repository_goes_before_what_a_release_has():
    text = custom("kustomize.toolkit.fluxcd.io/v2", "Kustomization")
    crd = CRD_OF_A_RELEASE
    assert lines(validate({"a.yaml": text, "crd.yaml": crd})) == []


CRD_OF_A_RELEASE = """\
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: kustomizations.kustomize.toolkit.fluxcd.io}
spec:
  group: kustomize.toolkit.fluxcd.io
  names: {kind: Kustomization, plural: kustomizations}
  scope: Namespaced
  versions:
  - name: v2
    served: true
    storage: true
    schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}
"""
