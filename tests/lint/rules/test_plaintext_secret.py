from base64 import b64encode

import pytest

from tests.support.linting import document, fleet, kustomization, lint


def secret(values, part="stringData", **fields):
    return document("v1", "Secret", "database", "shop", **{part: values}, **fields)


def found(text):
    return lint(fleet(kustomization("shop"), shop=text), "SE001")


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("password", "correct-horse-battery"),
        ("API_TOKEN", "a8f3b2c1d4"),
        ("url", "postgres://shop:correct-horse@db.shop.svc/shop"),
        ("config.json", '{"auths": {"ghcr.io": {"password": "correct-horse"}}}'),
        ("config.yaml", "host: db\npassword: correct-horse\n"),
        ("id", "-----BEGIN OPENSSH PRIVATE KEY-----\nabcdefgh\n-----END OPENSSH PRIVATE KEY-----"),
    ],
)
def test_a_value_in_plain_text(key, value):
    (finding,) = found(secret({key: value}))
    assert finding.severity == "error"
    assert str(finding.at).startswith("apps/shop/manifests.yaml:7")
    assert f'"{key}"' in finding.problem
    assert value not in finding.problem


def test_base64_hides_nothing():
    assert len(found(secret({"password": b64encode(b"correct-horse").decode()}, "data"))) == 1


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("password", ""),
        ("password", "${DATABASE_PASSWORD}"),
        ("password", "ENC[AES256_GCM,data:x,type:str]"),
        ("password", "<path:secret/data/shop#password>"),
        ("password", "changeme"),
        ("password", "REPLACE_ME"),
        ("SECRET_KEY", "generate_a_random_key_here"),
        ("token", "unused"),
        ("password", "{{ .password }}"),
        ("password", "ref+vault://secret/shop#/password"),
        ("username", "shop"),
        ("host", "db.shop.svc.cluster.local"),
        ("config", '{"tlsClientConfig":{"insecure":false}}'),
        ("authorized_keys", "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIO somebody@laptop"),
        ("datasources.yaml", "datasources:\n  - name: loki\n    url: http://loki:3100\n"),
        ("url", "https://git.example.com/acme/fleet.git"),
        ("type", "git"),
    ],
)
def test_placeholders_and_what_is_no_secret(key, value):
    assert found(secret({key: value})) == []


def test_an_encrypted_file():
    values = {"password": "ENC[AES256_GCM,data:x]", "username": "shop"}
    assert found(secret(values, sops={"version": "3.9.0"})) == []


def test_a_secret_without_values():
    text = secret({}, type="kubernetes.io/service-account-token")
    assert found(text) == []


@pytest.mark.parametrize(
    ("text", "count"),
    [("password=correct-horse\n", 1), ("password=ENC[AES256_GCM,data:x]\nsops_version=3.9\n", 0)],
)
def test_a_generated_secret(text, count):
    files = fleet(kustomization("shop"))
    files["apps/shop/kustomization.yaml"] = (
        "namespace: shop\nsecretGenerator:\n  - name: database\n    envs: [secret.env]\n"
    )
    files["apps/shop/secret.env"] = text
    findings = lint(files, "SE001")
    assert len(findings) == count
    assert all(finding.at.path == "apps/shop/kustomization.yaml" for finding in findings)


def test_kinds_that_bring_secrets():
    text = document("bitnami.com/v1alpha1", "SealedSecret", "a", "shop", spec={"password": "AgB"})
    assert found(text) == []


@pytest.mark.parametrize(
    ("key", "value"),
    [("password", "admin"), ("config.env", "export MINIO_ROOT_PASSWORD=minioadmin")],
)
def test_a_password_that_everybody_knows_is_a_warning(key, value):
    assert [finding.severity for finding in found(secret({key: value}))] == ["warning"]


def test_a_generated_secret_of_a_long_encrypted_file():
    files = fleet(kustomization("shop"))
    files["apps/shop/kustomization.yaml"] = (
        "namespace: shop\nsecretGenerator:\n  - name: database\n    files: [a.sops.json]\n"
    )
    files["apps/shop/a.sops.json"] = '{"data": "ENC[AES256_GCM,data:' + "abcdefgh" * 40 + '"}'
    assert lint(files, "SE001") == []
