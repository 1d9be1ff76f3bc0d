"""Secrets that SOPS encrypted, in bundles without decryption (FX033)."""

import pytest
import yaml

from tests.support.generate import generated, leaf, node

SECRET = {
    "apiVersion": "v1",
    "kind": "Secret",
    "metadata": {"name": "login", "namespace": "web"},
    "stringData": {"level": "ENC[AES256_GCM,data:3XunI2Jq,iv:eg==,tag:eg==,type:str]"},
    "sops": {"mac": "ENC[AES256_GCM,data:eg==,iv:eg==,tag:eg==,type:str]", "version": "3.11.0"},
}
SOPS = {"provider": "sops", "secretRef": {"name": "age"}}


def application(**spec):
    return {"name": "login", "kind": "Manifests", "spec": spec}


def warnings(*applications, files=(), engine="flux", **fields):
    stack = {
        "name": "prod",
        "gitops": {"type": engine, "argocd": {"repoURL": "https://example.com/fleet.git"}},
        "node": node("prod", leaf("web", *applications, **fields)),
    }
    texts = {"stacks/prod.yaml": yaml.safe_dump(stack), **dict(files)}
    found = generated(texts).warnings
    return [(str(each.at), each.problem) for each in found if each.rule == "FX033"]


def test_an_encrypted_secret_without_decryption_is_told_at_its_place():
    ((at, problem),) = warnings(application(objects=[SECRET]))
    assert at.startswith("stacks/prod.yaml:")
    assert problem == (
        "Secret web/login is encrypted by SOPS and bundle web has no decryption, "
        "so Flux applies the encrypted values"
    )


def test_an_encrypted_secret_in_a_file_is_told_there():
    files = {"secrets/login.yaml": "---\n" + yaml.safe_dump(SECRET)}
    ((at, _),) = warnings(application(files=["../secrets/login.yaml"]), files=files)
    assert at.startswith("secrets/login.yaml:2")


@pytest.mark.parametrize(
    "secret",
    [
        {key: value for key, value in SECRET.items() if key != "sops"},
        SECRET | {"apiVersion": "isindir.github.com/v1alpha3", "kind": "SopsSecret"},
        SECRET
        | {
            "metadata": {
                **SECRET["metadata"],
                "annotations": {"kustomize.toolkit.fluxcd.io/decrypt": "disabled"},
            }
        },
    ],
    ids=["not encrypted", "for an operator", "left alone"],
)
def test_what_is_not_for_flux_to_decrypt_is_no_matter(secret):
    assert warnings(application(objects=[secret])) == []


def test_decryption_settles_it():
    assert warnings(application(objects=[SECRET]), decryption=SOPS) == []


def test_it_is_a_matter_of_flux():
    assert warnings(application(objects=[SECRET]), engine="argocd") == []
