import pytest

from tests.support.argocd_linting import URL, application, application_set, argocd
from tests.support.linting import document, lint, told

OPTIONS = "argocd.argoproj.io/sync-options"


def with_option(option):
    return argocd(application("web", syncPolicy={"syncOptions": [option]}))


def on_object(options):
    text = document("v1", "Service", "web", "shop", spec={})
    marked = text.replace("metadata:", f"metadata:\n  annotations: {{{OPTIONS}: '{options}'}}")
    return argocd(application("web"), web=marked)


def test_an_option_in_another_case():
    assert told(with_option("createNamespace=true"), "AR010") == [
        (
            "error: apps/web-application.yaml:19:7: Argo CD has no sync option "
            "createNamespace=true, and ignores it. Write CreateNamespace=true."
        )
    ]


@pytest.mark.parametrize(
    ("option", "expected"),
    [
        ("CreateNamespace = true", "Write CreateNamespace=true."),
        ("ServerSideAply=true", 'Did you mean "ServerSideApply"?'),
        ("PrunePropagationPolicy=Foreground", "Write PrunePropagationPolicy=background"),
        ("PruneLast", "Write PruneLast=true or PruneLast=false."),
        ("CreateNamespace=True", "Write CreateNamespace=true"),
        ("Force=true", "Write it into the annotation of an object."),
    ],
)
def test_options_that_argo_cd_ignores(option, expected):
    (finding,) = lint(with_option(option), "AR010")
    assert finding.expected.startswith(expected)


@pytest.mark.parametrize(
    "option",
    [
        *("ApplyOutOfSyncOnly=true", "CreateNamespace=false", "Delete=confirm"),
        *("FailOnSharedResource=true", "Prune=false", "PrunePropagationPolicy=orphan"),
        *("RespectIgnoreDifferences=true", "ServerSideApply=true", "Validate=false"),
        *("ClientSideApplyMigration=false", "Replace=true", "SkipDryRunOnMissingResource=true"),
    ],
)
def test_options_that_argo_cd_has(option):
    assert lint(with_option(option), "AR010") == []


def test_objects():
    assert lint(on_object("Force=true, Replace=true,"), "AR010", origin=URL) == []
    (finding,) = lint(on_object("Prune=false,CreateNamespace=true"), "AR010", origin=URL)
    assert "ignores CreateNamespace=true of an object" in finding.problem


def test_a_version_that_does_not_have_it_yet():
    files = with_option("Prune=false")
    url = "https://raw.githubusercontent.com/argoproj/argo-cd/{}/manifests/install.yaml"
    files["argocd/kustomization.yaml"] = f"resources: ['{url.format('v3.3.2')}']\n"
    (finding,) = lint(files, "AR010")
    assert (finding.severity, finding.expected[:19]) == ("warning", "Install Argo CD 3.4")
    files["argocd/kustomization.yaml"] = f"resources: ['{url.format('v3.4.0')}']\n"
    assert lint(files, "AR010") == []


def test_a_template_whose_parameters_have_the_option():
    template = application("{{ .name }}", syncPolicy={"syncOptions": ["{{ .option }}"]})
    elements = [{"list": {"elements": [{"name": "a", "option": "PruneLast=true"}]}}]
    assert lint(argocd(application_set("all", template, elements)), "AR010") == []
