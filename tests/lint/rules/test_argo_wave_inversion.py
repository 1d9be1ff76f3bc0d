from tests.support.argocd_linting import (
    HEALTH,
    LUA,
    URL,
    application,
    argocd,
    in_wave,
    project,
    settings,
)
from tests.support.linting import document, lint, told

CERT_MANAGER = {
    "repoURL": "https://charts.jetstack.io",
    "path": None,
    "chart": "cert-manager",
    "helm": {"valuesObject": {"crds": {"enabled": True}}},
}
ISSUER = document("cert-manager.io/v1", "ClusterIssuer", "internal", spec={"selfSigned": {}})
CRD = document(
    "apiextensions.k8s.io/v1",
    "CustomResourceDefinition",
    "widgets.example.com",
    spec={"group": "example.com", "names": {"kind": "Widget"}, "scope": "Namespaced"},
)
WIDGET = document("example.com/v1", "Widget", "one", "shop", spec={})
NAMESPACE = document("v1", "Namespace", "shop")
SERVICE = document("v1", "Service", "web", "shop", spec={})


def waved(text, wave):
    return text.replace(
        "metadata:", f'metadata:\n  annotations: {{argocd.argoproj.io/sync-wave: "{wave}"}}', 1
    )


def web(*texts, **options):
    return argocd(application("web", **options), web="---\n".join(texts))


def test_a_namespace_after_what_is_in_it():
    assert told(web(SERVICE, waved(NAMESPACE, 1)), "AR007", origin=URL) == [
        (
            "error: manifests/web/manifests.yaml:11:17: Service shop/web comes in wave 0, and the "
            "namespace shop, which it needs, in wave 1. Give Namespace shop a wave before that of "
            "Service shop/web."
        )
    ]


def test_a_crd_after_an_object_of_its_kind():
    (finding,) = lint(web(waved(WIDGET, -1), CRD), "AR007", origin=URL)
    assert "Widget shop/one comes in wave -1, and the CRD of Widget" in finding.problem


def test_a_hook_before_its_namespace():
    hook = SERVICE.replace(
        "metadata:", "metadata:\n  annotations: {argocd.argoproj.io/hook: PreSync}"
    )
    (finding,) = lint(web(hook, NAMESPACE), "AR007", origin=URL)
    assert "in wave 0 of PreSync" in finding.problem


def test_the_right_order():
    files = web(waved(NAMESPACE, -2), waved(CRD, -1), WIDGET, waved(SERVICE, 5))
    assert lint(files, "AR007", origin=URL) == []


def test_one_wave_has_the_order_of_kinds():
    assert lint(web(SERVICE, NAMESPACE, WIDGET, CRD), "AR007", origin=URL) == []


def test_a_namespace_that_argo_cd_makes_before_the_sync():
    policy = {"syncOptions": ["CreateNamespace=true"]}
    files = web(SERVICE, waved(NAMESPACE, 1), syncPolicy=policy)
    assert lint(files, "AR007", origin=URL) == []


def test_the_namespace_of_argo_cd_is_there():
    inside = document("v1", "Service", "web", "argocd", spec={})
    files = web(inside, waved(document("v1", "Namespace", "argocd"), 1))
    assert lint(files, "AR007", origin=URL) == []


def test_a_project_after_its_applications():
    late = waved(project("shop", sourceRepos=["*"]), 1)
    files = argocd(application("web", project="shop"), late)
    assert [finding.severity for finding in lint(files, "AR007", origin=URL)] == ["warning"]
    files["apps/settings.yaml"] = settings(**{HEALTH: LUA})
    assert [finding.severity for finding in lint(files, "AR007", origin=URL)] == ["error"]


def issuers(wave, of_chart, **more):
    return argocd(
        application("issuers", metadata=in_wave(wave)),
        application("cert-manager", metadata=in_wave(of_chart), source=CERT_MANAGER),
        settings(**{HEALTH: LUA}),
        issuers=ISSUER,
        **more,
    )


def test_objects_before_the_chart_with_their_crds():
    (line,) = told(issuers("1", "2"), "AR007", origin=URL)
    assert line == (
        "error: apps/issuers-application.yaml:9:5: issuers has objects of the kind ClusterIssuer, "
        "the first at manifests/issuers/manifests.yaml:1:1, whose CRD cert-manager installs, and "
        "is in wave 1, before wave 2. Give issuers a wave after 2."
    )


def test_objects_in_the_wave_of_the_chart():
    (finding,) = lint(issuers("1", "1"), "AR007", origin=URL)
    assert finding.severity == "warning"


def test_objects_after_the_chart():
    assert lint(issuers("3", "2"), "AR007", origin=URL) == []


def test_nobody_orders_anything():
    files = argocd(
        application("issuers"), application("cert-manager", source=CERT_MANAGER), issuers=ISSUER
    )
    assert lint(files, "AR007", origin=URL) == []


def test_a_chart_that_leaves_its_crds_out():
    files = issuers("1", "2")
    path = "apps/cert-manager-application.yaml"
    files[path] = files[path].replace("enabled: true", "enabled: false")
    assert lint(files, "AR007", origin=URL) == []


def test_a_wave_that_means_nothing_in_another_parent():
    files = argocd(
        application("rules", "rules"),
        application("cert-manager", metadata=in_wave("1"), source=CERT_MANAGER),
        issuers=ISSUER,
    )
    files["rules/issuers.yaml"] = application("issuers", metadata=in_wave("2"))
    (finding,) = lint(files, "AR007", origin=URL)
    assert "in another parent, so its wave 2 does not wait" in finding.problem
    files["apps/issuers.yaml"] = files.pop("rules/issuers.yaml")
    files["rules/none.yaml"] = ""
    assert lint(files, "AR007", origin=URL) == []


def test_a_declared_dependency():
    key = "argocd.argoproj.io/depends-on"
    files = argocd(
        application("web", metadata=in_wave("1", **{key: "database"})),
        application("database", metadata=in_wave("1")),
    )
    (finding,) = lint(files, "AR007", origin=URL)
    assert finding.problem == "web depends on database, and is in wave 1, not after wave 1"
    files["apps/database-application.yaml"] = application("database")
    assert lint(files, "AR007", origin=URL) == []
