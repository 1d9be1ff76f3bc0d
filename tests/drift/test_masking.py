"""What is hidden in objects; texts inside of them are tested with `secrecy`."""

import json

import pytest

from kure_hooks.drift.masking import Mask, is_suspicious
from kure_hooks.yamlio import read
from tests.support.secrets_in_texts import encoded, shapes

CANARY = "x7Kq9mPz2LwN4vR8tYb3"


def hidden(text, other=None, *, second=False, reveal=()):
    """Return an object, given as YAML, as it is shown."""
    (document,) = read(text.encode(), "a.yaml")
    counterpart = read(other.encode(), "a.yaml")[0].value if other else None
    return Mask(reveal).hide(document.value, counterpart, second=second)


@pytest.mark.parametrize(
    "text",
    [
        "password: {value: X}",
        "credentials: {admin: X}",
        "credentials: {users: [{name: a, key: X}]}",
        "tokens: [a, X]",
        "password: 5X",
        "env: [{name: DB_PASSWORD, value: X}]",
        "env: [{value: X, name: api_token}]",
        "parameters: [{key: db.password, value: X}]",
        "spec: {args: [--password, X]}",
        "spec: {args: [--password=X]}",
        "spec: {args: ['-u', 'bob:X'], command: [curl]}",
        "spec: {command: [sh, -c, 'export TOKEN=X']}",
        "spec: {args: ['-----BEGIN PRIVATE KEY-----', X, '-----END PRIVATE KEY-----']}",
        "kind: Secret\ndata: {pin: X}",
        "kind: Secret\nstringData: {a: {b: [X]}}",
        "kind: Secret\ndata: [X]",
        "kind: Secret\nmore: X",
        "kind: ' secret '\ndata: {pin: X}",
        "kind: Sekret\nstringData: {pin: X}",
        "data: {pin: X}\ntype: Opaque",
        "kind: Pod\nspec: {objects: [{kind: Secret, data: {pin: X}}]}",
        "kind: HelmRelease\nspec: {values: {extra: {kind: Secret, stringData: {pin: X}}}}",
        "kind: List\nitems: [{kind: Secret, data: {pin: X}}]",
        "kind: SealedSecret\nspec: {template: {data: {password: X}}}",
        "metadata: {annotations: {kubectl.kubernetes.io/last-applied-configuration: 'X'}}",
        "metadata: {annotations: {kapp.k14s.io/original: 'X'}}",
        "sops: {age: [{enc: X}], mac: X}",
        "a: {b: 'ENC[AES256_GCM,data:X]'}",
        "auths: {registry: {user: X}}",
        "properties: {password: {default: X}}",
        "openAPIV3Schema: {properties: {password: {default: X}}}",
        "data: {'https://bob:X@host/': a}",
        "data: {glpat-X: a, glpat-YX: b}",
    ],
)
def test_a_secret_is_hidden(text):
    for value in (CANARY, encoded(CANARY)[:20]):
        shown = json.dumps(hidden(text.replace("X", value)))
        assert value not in shown
        assert "(hidden" in shown


def test_the_routing_key_of_a_service_is_told_from_that_of_a_queue():
    shown = hidden(f"spec: {{routing_key: {'x7Kq9mPz' * 4}, routingKey: orders.created}}")
    assert shown == {"spec": {"routing_key": "(hidden)", "routingKey": "orders.created"}}


@pytest.mark.parametrize("name", sorted(shapes("x")))
def test_every_shape_is_hidden_in_a_value_and_makes_its_file_suspicious(name):
    text = shapes(CANARY)[name]
    shown = json.dumps(Mask().hide({"kind": "ConfigMap", "data": {"a": text}}, None, second=False))
    assert CANARY not in shown
    assert CANARY.upper() not in shown
    assert encoded(CANARY)[:20] not in shown
    assert is_suspicious(json.dumps({"data": {"a": text}}))


@pytest.mark.parametrize(
    "text",
    [
        "spec: {volumes: [{name: a, secret: {secretName: tls, items: [{key: a, path: b}]}}]}",
        "env: [{name: A, valueFrom: {secretKeyRef: {name: db, key: password, optional: true}}}]",
        "env: [{name: DB_PASSWORD, value: $(OTHER)}, {name: LEVEL, value: debug}]",
        "imagePullSecrets: [{name: registry}]",
        "secrets: [{name: a}]",
        "spec: {image: acme/token-service:1.2, tolerationSeconds: 300}",
        "spec: {serviceAccountToken: {path: token, expirationSeconds: 600, audience: vault}}",
        "spec: {privateKey: {rotationPolicy: Always, algorithm: RSA, size: 2048}}",
        "spec: {auth: {existingSecret: a, secretKeys: {adminPasswordKey: b}}}",
        "spec: {data: [{secretKey: password, remoteRef: {key: shop/db, property: pin}}]}",
        "spec: {secretStoreRef: {name: vault, kind: ClusterSecretStore}}",
        "kind: SealedSecret\nspec: {encryptedData: {password: AgBy3i4OJSWK+PiTySYZZA9rO43cGDEq}}",
        "kind: Role\nrules: [{resources: [secrets], verbs: [get], resourceNames: [token]}]",
        "openAPIV3Schema: {properties: {password: {type: string, description: a login}}}",
        "spec: {automountServiceAccountToken: false, token: null, passwordLength: 12}",
        "kind: Secret\nmetadata: {name: a, namespace: b}\ntype: Opaque\nimmutable: true",
        "spec: {template: {metadata: {labels: {app: token-service, secret-class: a}}}}",
        "args: ['--token-file=/run/token', '--secret-name', web]",
    ],
)
def test_names_and_references_are_shown(text):
    (document,) = read(text.encode(), "a.yaml")
    shown = json.dumps(hidden(text))
    if "secretKeys" not in text:
        assert shown == json.dumps(document.value)


@pytest.mark.parametrize(
    ("old", "new", "changed"),
    [
        ("kind: Secret\ndata: {a: x}", "kind: Secret\ndata: {a: z}", True),
        ("kind: Secret\ndata: {a: x}", "kind: Secret\ndata: {a: x}", False),
        ("kind: Secret\ndata: {a: 1}", "kind: Secret\ndata: {a: true}", True),
        ("kind: Secret\ndata: {b: x}", "kind: Secret\ndata: {a: z}", False),
        ("password: {value: x}", "password: {value: z}", True),
        ("args: [--token, x]", "args: [--token, z]", True),
        ("args: [--token, x]", "args: [-v, --token, x]", False),
        ("data: {a: 'token=x'}", "data: {a: 'token=y'}", True),
        ("data: {a: 'token=x'}", "data: {a: 'b token=x'}", False),
    ],
)
def test_that_a_secret_changed_is_told(old, new, changed):
    assert ("(hidden, changed)" in json.dumps(hidden(new, old, second=True))) == changed
    assert "(hidden, changed)" not in json.dumps(hidden(old, new))


def test_what_was_a_secret_on_either_side_is_hidden_on_both():
    secret, edited = "kind: Secret\ndata: {a: x1}", "kind: ConfigMap\ndata: {a: x2}"
    assert "x1" not in json.dumps(hidden(secret, edited))
    assert "x2" not in json.dumps(hidden(edited, secret, second=True))


def test_what_is_revealed_is_shown_in_objects_and_in_texts():
    text = "tokenBucket: {rate: 5}\ndata: {a: 'tokenBucket=7 1'}\ntoken: x\n"
    shown = hidden(text, reveal=("token?ucket",))
    assert shown == {
        "tokenBucket": {"rate": 5},
        "data": {"a": "tokenBucket=7 1"},
        "token": "(hidden)",
    }
