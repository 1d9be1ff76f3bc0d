import pytest

from tests.support.linting import document, fleet, kustomization, lint, release

POOL = document("metallb.io/v1beta1", "IPAddressPool", "home", "metallb")
RELEASE = release("metallb", "metallb")
DEFINITION = document(
    "apiextensions.k8s.io/v1",
    "CustomResourceDefinition",
    "ipaddresspools.metallb.io",
    spec={"group": "metallb.io", "names": {"kind": "IPAddressPool"}, "scope": "Namespaced"},
)
HEALTH = [
    {
        "apiVersion": "helm.toolkit.fluxcd.io/v2",
        "kind": "HelmRelease",
        "name": "metallb",
        "namespace": "metallb",
    }
]
AFTER = {"dependsOn": [{"name": "metallb"}]}


def together(*texts, **spec):
    return fleet(kustomization("metallb", **spec), metallb="---\n".join(texts))


def apart(metallb, pools, text=RELEASE):
    units = kustomization("metallb", **metallb), kustomization("pools", **pools)
    return fleet(*units, metallb=text, pools=POOL)


def severities(files):
    return [finding.severity for finding in lint(files, "FX021")]


def test_a_resource_beside_the_release_that_defines_it():
    (finding,) = lint(together(RELEASE, POOL), "FX021")
    assert finding.severity == "error"
    assert finding.object == "IPAddressPool metallb/home"
    assert "fails for ever on a new cluster: IPAddressPool has no CRD before" in finding.problem


def test_kinds_of_one_release_are_one_finding():
    other = document("metallb.io/v1beta1", "L2Advertisement", "home", "metallb")
    (finding,) = lint(together(RELEASE, POOL, other), "FX021")
    assert "IPAddressPool and 1 more kinds have no CRD" in finding.problem


def test_a_release_that_waits_for_the_resource():
    files = apart({"dependsOn": [{"name": "pools"}]}, {})
    (finding,) = lint(files, "FX021")
    assert finding.severity == "error"
    assert "Kustomization flux-system/metallb waits for this Kustomization" in finding.problem


def test_a_release_of_a_unit_below_the_resource():
    files = together(kustomization("inner", "./apps/inner"), POOL)
    files["apps/inner/manifests.yaml"] = RELEASE
    assert severities(files) == ["error"]


def test_a_definition_of_a_unit_that_waits():
    files = apart({"dependsOn": [{"name": "pools"}]}, {}, DEFINITION)
    assert severities(files) == ["error"]


@pytest.mark.parametrize("metallb", [{"wait": True}, {"healthChecks": HEALTH}])
def test_a_release_that_is_waited_for(metallb):
    assert lint(apart(metallb, AFTER), "FX021") == []


@pytest.mark.parametrize("pools", [{}, AFTER])
def test_a_release_that_nothing_waits_for_is_an_info(pools):
    assert severities(apart({}, pools)) == ["info"]


def test_a_definition_in_the_same_unit():
    assert lint(together(RELEASE, DEFINITION, POOL), "FX021") == []


def test_a_definition_of_another_unit():
    files = together(RELEASE, POOL)
    files["clusters/prod/crds.yaml"] = kustomization("crds", "./apps/crds")
    files["apps/crds/manifests.yaml"] = DEFINITION
    assert severities(files) == ["info"]


def test_another_kind_of_the_same_group():
    rollout = document("argoproj.io/v1alpha1", "Rollout", "web", "shop")
    files = fleet(kustomization("argo"), argo=f"{release('argo-cd', 'argo')}---\n{rollout}")
    assert lint(files, "FX021") == []
    files = fleet(kustomization("argo"), argo=f"{release('argo-rollouts', 'argo')}---\n{rollout}")
    assert severities(files) == ["error"]


@pytest.mark.parametrize(
    ("values", "count"),
    [
        ({}, 0),
        ({"crds": {"enabled": True}}, 1),
        ({"installCRDs": True}, 1),
        ({"installCRDs": False}, 0),
    ],
)
def test_a_chart_that_leaves_its_definitions_out_by_default(values, count):
    issuer = document("cert-manager.io/v1", "ClusterIssuer", "letsencrypt")
    text = release("cert-manager", "cert-manager", values=values)
    files = fleet(kustomization("cert-manager"), cert_manager=f"{text}---\n{issuer}")
    assert len(lint(files, "FX021")) == count


def test_a_chart_by_the_address_of_its_source():
    source = document(
        "source.toolkit.fluxcd.io/v1",
        "OCIRepository",
        "lb",
        "metallb",
        spec={"url": "oci://registry.example/charts/metallb"},
    )
    text = release("lb", "metallb", chart=None, chartRef={"kind": "OCIRepository", "name": "lb"})
    assert severities(together(source, text, POOL)) == ["error"]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("bootstrap/helmfile.yaml", "releases:\n  - name: metallb\n"),
        ("scripts/setup.sh", "kubectl apply -f https://example.com/metallb.io_crds.yaml\n"),
        ("Taskfile.yaml", "cmds: [helm install metallb]\n"),
        ("terraform/main.tf", 'chart = "metallb"\n'),
    ],
)
def test_definitions_that_a_bootstrap_installs(path, text):
    assert lint({**together(RELEASE, POOL), path: text}, "FX021") == []


def test_a_bootstrap_of_something_else():
    files = {**together(RELEASE, POOL), "bootstrap/helmfile.yaml": "releases: [{name: cilium}]\n"}
    assert severities(files) == ["error"]


@pytest.mark.parametrize("chart", ["metallb-crds", "platform-bundle", "my-operator"])
def test_a_chart_that_may_bring_the_definition(chart):
    files = together(RELEASE, POOL)
    files["clusters/prod/more.yaml"] = kustomization("more", "./apps/more")
    files["apps/more/manifests.yaml"] = release(chart, "metallb")
    assert severities(files) == ["info"]


def test_a_unit_of_another_repository_may_bring_the_definition():
    files = together(RELEASE, POOL)
    files["clusters/prod/other.yaml"] = kustomization(
        "other", sourceRef={"kind": "OCIRepository", "name": "platform"}
    )
    assert severities(files) == ["info"]


def test_a_cluster_that_may_be_the_part_of_another_one():
    files = together(RELEASE, POOL)
    del files["clusters/prod/flux-system/gotk-sync.yaml"]
    assert lint(files, "FX021") == []


def local_chart(**spec):
    chart = {"spec": {"chart": "./charts/lb", "sourceRef": {"kind": "GitRepository"}}}
    chart["spec"]["sourceRef"] |= {"name": "flux-system", "namespace": "flux-system"}
    return release("lb", "metallb", chart=chart, **spec)


def with_chart(files):
    definitions = {"charts/lb/Chart.yaml": "name: lb\n", "charts/lb/crds/pools.yaml": DEFINITION}
    return files | definitions


def test_a_chart_of_this_repository():
    assert severities(with_chart(together(local_chart(), POOL))) == ["error"]


def test_a_release_that_skips_the_definitions():
    skipping = local_chart(install={"crds": "Skip"})
    files = with_chart(apart({"wait": True}, AFTER, skipping))
    (finding,) = lint(files, "FX021")
    assert finding.severity == "error"
    assert "has crds: Skip" in finding.problem
    assert lint(with_chart(apart({"wait": True}, {}, skipping)), "FX021") == []


def test_a_suspended_unit():
    assert lint(together(RELEASE, POOL, suspend=True), "FX021") == []


def test_names_with_braces():
    files = together(RELEASE, POOL)
    path = "clusters/prod/metallb.yaml"
    files[path] = files[path].replace("name: metallb", "name: ${NAME}", 1)
    assert severities(files) == ["error"]


def test_units_that_do_not_wait_for_one_release_are_one_finding():
    files = apart({}, {})
    for name in ("more", "others"):
        files[f"clusters/prod/{name}.yaml"] = kustomization(name, f"./apps/{name}")
        files[f"apps/{name}/manifests.yaml"] = POOL.replace("home", name)
    (finding,) = lint(files, "FX021")
    assert finding.severity == "info"
    assert "and 2 more fail on a new cluster for a while: IPAddressPool has" in finding.problem
