import pytest

from tests.support.argocd_linting import URL, application, argocd
from tests.support.linting import document, lint, told

DEPLOYMENT = document("apps/v1", "Deployment", "web", "shop", spec={"replicas": 2})
TARGET = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"}
SCALER = document(
    "autoscaling/v2", "HorizontalPodAutoscaler", "web", "shop", spec={"scaleTargetRef": TARGET}
)
KEDA = document("keda.sh/v1alpha1", "ScaledObject", "web", spec={"scaleTargetRef": {"name": "web"}})


def web(*texts, **options):
    return argocd(application("web", **options), web="---\n".join(texts))


def ignoring(**fields):
    return [{"group": "apps", "kind": "Deployment", **fields}]


@pytest.mark.parametrize("scaler", [SCALER, KEDA])
def test_replicas_against_an_autoscaler(scaler):
    (line,) = told(web(DEPLOYMENT, scaler), "AR016", origin=URL)
    assert line.startswith(
        "warning: manifests/web/manifests.yaml:7:3: web sets the replicas back to 2 whenever "
    )


def test_an_autoscaler_of_another_application():
    files = argocd(application("web"), application("scalers"), web=DEPLOYMENT, scalers=SCALER)
    assert len(lint(files, "AR016", origin=URL)) == 1


def test_no_replicas():
    text = document("apps/v1", "Deployment", "web", "shop", spec={})
    assert lint(web(text, SCALER), "AR016", origin=URL) == []


def test_an_application_that_does_not_heal_itself():
    files = web(DEPLOYMENT, SCALER, syncPolicy={"automated": {"prune": True}})
    assert lint(files, "AR016", origin=URL) == []


@pytest.mark.parametrize(
    "fields",
    [
        {"jsonPointers": ["/spec/replicas"]},
        {"jqPathExpressions": [".spec.replicas"]},
        {"managedFieldsManagers": ["kube-controller-manager"]},
    ],
)
def test_a_difference_that_is_ignored(fields):
    files = web(DEPLOYMENT, SCALER, ignoreDifferences=ignoring(**fields))
    assert lint(files, "AR016", origin=URL) == []


def test_a_difference_of_another_object_is_ignored():
    other = ignoring(name="other", jsonPointers=["/spec/replicas"])
    files = web(DEPLOYMENT, SCALER, ignoreDifferences=other)
    assert len(lint(files, "AR016", origin=URL)) == 1


def test_an_autoscaler_of_something_else():
    other = SCALER.replace("kind: Deployment", "kind: StatefulSet")
    assert lint(web(DEPLOYMENT, other), "AR016", origin=URL) == []
