import pytest

from tests.support.linting import (
    config_map,
    document,
    fleet,
    kustomization,
    lint,
    release,
)

INSTANCE = {
    "distribution": {"version": "2.7.x", "registry": "ghcr.io/fluxcd"},
    "sync": {
        "kind": "GitRepository",
        "url": "https://git.example.com/acme/fleet.git",
        "ref": "refs/heads/main",
        "path": "clusters/prod",
    },
}


def settings(value, name="settings"):
    return config_map(name).replace("value", value)


def shop(value, **post_build):
    unit = kustomization("shop", postBuild=post_build or {"substitute": {"HOST": "shop.example"}})
    return fleet(unit, shop=settings(value))


def test_a_variable_that_nothing_defines():
    (finding,) = lint(shop("https://${DOMAIN}/"), "FX016")
    assert finding.severity == "error"
    assert str(finding.at) == "apps/shop/manifests.yaml:7:16"
    assert "refers to the variable DOMAIN, which is not defined" in finding.problem
    assert "$${DOMAIN} for the text itself" in finding.expected


@pytest.mark.parametrize(
    "value",
    ["${HOST}", "${DOMAIN:=example.com}", "$${DOMAIN}", "$DOMAIN", "${DOMAIN:-x}", "${HOST^^}"],
)
def test_expressions_that_have_a_value(value):
    assert lint(shop(value), "FX016") == []


def test_a_variable_in_a_key():
    files = shop("x")
    files["apps/shop/manifests.yaml"] += "  ${KEY}: x\n"
    (finding,) = lint(files, "FX016")
    assert finding.at.line == 8


def test_a_line_within_a_block():
    files = shop("|-\n    one\n    ${HOST}\n    two ${DOMAIN}")
    (finding,) = lint(files, "FX016")
    assert str(finding.at) == "apps/shop/manifests.yaml:10:9"


def test_an_object_that_opts_out():
    files = shop("${DOMAIN}")
    files["apps/shop/manifests.yaml"] = files["apps/shop/manifests.yaml"].replace(
        "  namespace",
        "  annotations: {kustomize.toolkit.fluxcd.io/substitute: disabled}\n  namespace",
    )
    assert lint(files, "FX016") == []


def test_a_unit_without_any_variable_substitutes_nothing():
    files = fleet(kustomization("shop", postBuild={"substitute": {}}), shop=settings("${DOMAIN}"))
    assert lint(files, "FX016") == []


def test_the_keys_of_an_encrypted_secret_are_names():
    reference = [{"kind": "Secret", "name": "private"}]
    files = shop("${DOMAIN} ${TOKEN}", substituteFrom=reference)
    files["clusters/prod/private.yaml"] = document(
        "v1",
        "Secret",
        "private",
        "flux-system",
        stringData={"DOMAIN": "ENC[AES256_GCM,data:x]"},
        sops={"version": "3.9.0"},
    )
    (finding,) = lint(files, "FX016")
    assert "the variable TOKEN" in finding.problem


def test_variables_from_elsewhere_may_be_any():
    reference = [{"kind": "ConfigMap", "name": "made-by-terraform"}]
    assert lint(shop("${DOMAIN}", substituteFrom=reference), "FX016") == []


def test_the_file_that_defines_the_variable_for_another_unit():
    files = fleet(
        kustomization("shop", postBuild={"substitute": {"HOST": "a"}}),
        kustomization("mail", postBuild={"substitute": {"DOMAIN": "b"}}),
        shop=settings("${DOMAIN}"),
        mail=settings("${DOMAIN}", "mail"),
    )
    (finding,) = lint(files, "FX016")
    assert "only for Kustomization flux-system/mail at clusters/prod/mail.yaml:" in finding.problem


def test_an_earlier_flux_is_lenient():
    files = shop("${DOMAIN}")
    del files["clusters/prod/flux-system/gotk-sync.yaml"]
    files["clusters/prod/flux.yaml"] = document(
        "fluxcd.controlplane.io/v1", "FluxInstance", "flux", "flux-system", spec=INSTANCE
    )
    assert [finding.severity for finding in lint(files, "FX016")] == ["warning"]


def test_a_cluster_that_something_unknown_starts():
    files = shop("${DOMAIN}")
    del files["clusters/prod/flux-system/gotk-sync.yaml"]
    assert lint(files, "FX016") == []


def test_a_unit_that_is_not_known_to_the_end_is_an_info():
    files = shop("${DOMAIN}")
    files["apps/shop/kustomization.yaml"] = (
        "resources: [manifests.yaml, https://example.com/more.yaml]\n"
    )
    assert [finding.severity for finding in lint(files, "FX016")] == ["info"]


@pytest.mark.parametrize(
    "text",
    [
        release("kustomize-mutating-webhook"),
        document("kyverno.io/v1", "ClusterPolicy", "vars", spec={"kinds": ["Kustomization"]}),
    ],
)
def test_something_in_the_cluster_that_may_add_variables(text):
    assert lint({**shop("${DOMAIN}"), "clusters/prod/more.yaml": text}, "FX016") == []


def test_uses_of_one_variable_are_one_finding():
    files = shop("${DOMAIN} ${OTHER}")
    files["apps/shop/more.yaml"] = settings("${DOMAIN}", "more")
    first, second = lint(files, "FX016")
    assert "1 more use is like it" in first.problem
    assert "OTHER" in second.problem
    assert "more use" not in second.problem


def source(url, tag):
    return document(
        "source.toolkit.fluxcd.io/v1",
        "OCIRepository",
        "flux-manifests",
        "flux-system",
        spec={"url": url, "ref": {"tag": tag}},
    )


def instance(artifact):
    values = {"instance": {"distribution": {"artifact": f"oci://x/{artifact}", "version": "2.x"}}}
    return release("flux", "flux-system", values=values)


@pytest.mark.parametrize(
    ("path", "text", "severity"),
    [
        (
            "clusters/prod/more.yaml",
            source("oci://ghcr.io/fluxcd/flux-manifests", "v2.8.3"),
            "warning",
        ),
        (
            "clusters/prod/more.yaml",
            source("oci://ghcr.io/fluxcd/flux-manifests", "v2.9.0"),
            "error",
        ),
        ("clusters/prod/more.yaml", source("oci://ghcr.io/acme/shop", "v2.8.3"), "error"),
        ("clusters/prod/more.yaml", instance("flux-operator-manifests:v0.46.0"), "warning"),
        ("clusters/prod/more.yaml", instance("flux-operator-manifests:v0.53.0"), "error"),
        ("clusters/prod/more.yaml", instance("flux-operator-manifests:latest"), "error"),
        (
            "bootstrap/kustomization.yaml",
            "resources: [github.com/fluxcd/flux2/manifests/install?ref=v2.7.5]\n",
            "warning",
        ),
    ],
)
def test_the_version_of_flux_by_its_sources(path, text, severity):
    findings = lint({**shop("${DOMAIN}"), path: text}, "FX016")
    assert [finding.severity for finding in findings] == [severity]
