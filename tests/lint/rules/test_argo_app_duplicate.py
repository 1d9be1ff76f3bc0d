from tests.support.argocd_linting import HERE, application, application_set, argocd
from tests.support.linting import lint, told

ELEMENTS = [{"list": {"elements": [{"name": "shop"}, {"name": "till"}]}}]


def test_a_set_that_makes_what_a_file_has():
    made = application_set("all", application("{{ .name }}"), ELEMENTS)
    files = argocd(application("shop"), made, till="", shop="")
    assert told(files, "AR001") == [
        (
            "error: apps/all-applicationset.yaml:15:7: the set makes another Application shop in "
            "this namespace. Make the names differ, for example by more of the path or parameters."
        )
    ]


def test_two_files_of_one_parent():
    files = argocd(application("shop"))
    files["apps/zweite.yaml"] = application("shop", "manifests/other")
    files["manifests/other/manifests.yaml"] = ""
    (finding,) = lint(files, "AR001")
    assert finding.at.path == "apps/zweite.yaml"
    assert "apps/shop-application.yaml:4:3" in finding.expected


def test_a_set_whose_elements_get_one_name():
    made = application_set("all", application("fixed", "manifests/{{ .name }}"), ELEMENTS)
    (finding,) = lint(argocd(made, shop="", till=""), "AR001")
    assert finding.problem.startswith("the set makes two of Application fixed")


def test_names_that_differ():
    made = application_set("all", application("set-{{ .name }}", "manifests/shop"), ELEMENTS)
    assert lint(argocd(application("shop"), made), "AR001") == []


def test_another_namespace_is_another_application():
    files = argocd(application("shop"))
    files["apps/team.yaml"] = application("shop", metadata={"namespace": "team"})
    assert lint(files, "AR001") == []


def test_the_applications_of_another_clusters_argo_cd():
    there = {"server": "https://spoke.example.com:6443", "namespace": "argocd"}
    files = argocd(application("shop"), application("spoke", destination=there))
    files["manifests/spoke/manifests.yaml"] = application("shop", destination=HERE)
    assert lint(files, "AR001") == []


def test_files_that_nothing_applies_may_be_there_to_choose_from():
    files = {
        "one.yaml": application("shop", "manifests/shop"),
        "two.yaml": application("shop", "manifests/shop", project="other"),
    }
    assert {finding.severity for finding in lint(files, "AR001")} == {"info"}
