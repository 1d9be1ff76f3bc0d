import pytest

from tests.support.argocd_linting import application, application_set, argocd
from tests.support.linting import lint, told

TEMPLATE = application("{{ .name }}")


def test_a_set_that_deletes_with_its_elements():
    assert told(argocd(application_set("all", TEMPLATE)), "AR014") == [
        (
            "warning: apps/all-applicationset.yaml:4:3: an element that the generators lose "
            "deletes its Application with all that it deployed. Add "
            "preserveResourcesOnDeletion: true, or applicationsSync: create-update."
        )
    ]


@pytest.mark.parametrize(
    "policy",
    [
        {"preserveResourcesOnDeletion": True},
        {"applicationsSync": "create-update"},
        {"applicationsSync": "create-only"},
    ],
)
def test_sets_that_keep_what_they_deployed(policy):
    assert lint(argocd(application_set("all", TEMPLATE, syncPolicy=policy)), "AR014") == []


@pytest.mark.parametrize(
    "policy",
    [{"preserveResourcesOnDeletion": False}, {"applicationsSync": "create-delete"}],
)
def test_sets_that_say_it(policy):
    assert len(lint(argocd(application_set("all", TEMPLATE, syncPolicy=policy)), "AR014")) == 1


def test_objects_that_nothing_deletes():
    policy = {"automated": {}, "syncOptions": ["Delete=false"]}
    made = application_set("all", application("{{ .name }}", syncPolicy=policy))
    assert lint(argocd(made), "AR014") == []


def test_finalizers_that_do_not_cascade():
    made = application_set("all", TEMPLATE).replace(
        "    metadata:\n", "    metadata:\n      finalizers: [example.com/keep]\n"
    )
    assert lint(argocd(made), "AR014") == []
