"""Charts of this repository that the GitOps tool renders, and values from several files."""

import pytest

from kure_hooks.errors import InputError
from tests.support.charts import CONFIG_MAP, archive, chart, documents, files_of, release
from tests.support.schemas import assert_valid

CHART = chart(CONFIG_MAP % ("", ""))
LOCAL = {"render": False}
VALUES = {
    "values/base.yaml": "{a: 1}",
    "values/prod/values.yaml": "{b: 2}",
    "values/prod/more.yml": "{c: 3}",
}
LISTED = LOCAL | {"valuesFile": "../values/base.yaml", "valuesFiles": ["../values/prod"]}


def problem(*arguments, **options):
    with pytest.raises(InputError) as caught:
        files_of(*arguments, **options)
    (found,) = caught.value.findings
    return f"{found.key}: {found.problem}. {found.expected}"


def test_flux_takes_the_chart_from_the_source_of_the_bundle():
    found = documents(files_of(CHART, release(**LOCAL)))
    spec = found["all/apps/web-helmrelease-shop.yaml"]["spec"]
    assert spec["chart"] == {
        "spec": {
            "chart": "./charts/shop",
            "sourceRef": {
                "kind": "GitRepository",
                "name": "flux-system",
                "namespace": "flux-system",
            },
            "reconcileStrategy": "Revision",
        }
    }
    assert not [path for path in found if "gitrepository" in path]


def test_flux_takes_no_chart_from_an_artifact():
    bundle = {"sourceRef": {"kind": "OCIRepository", "name": "fleet"}}
    assert problem(CHART, release(**LOCAL), bundle=bundle).startswith(
        "node.children[0].bundle.applications[0].spec.chart.path: Flux takes no chart from a path "
        "in the OCIRepository of web. Set render: true, or name a source that has the chart."
    )


def test_argocd_reads_the_directory_of_the_chart():
    found = documents(files_of(CHART, release(**LOCAL), engine="argocd"))
    spec = found["argocd/argocd-application-web-shop.yaml"]["spec"]
    assert spec["source"] == {
        "repoURL": "https://github.com/acme/fleet.git",
        "targetRevision": "HEAD",
        "path": "charts/shop",
        "helm": {"releaseName": "shop"},
    }


def test_argocd_reads_no_archive():
    files = {"charts/shop.tgz": archive(CHART)}
    wanted = release(chart={"path": "../charts/shop.tgz"}, **LOCAL)
    assert documents(files_of(files, wanted))
    assert "Argo CD reads no archive such as that of the chart shop. Unpack the chart" in problem(
        files, wanted, engine="argocd"
    )


def test_values_files_are_one_config_map_in_their_order():
    result = files_of(CHART | VALUES, release(**LISTED))
    spec = documents(result)["all/apps/shop/web-helmrelease-shop.yaml"]["spec"]
    reference = {"kind": "ConfigMap", "name": "shop-values"}
    keys = [each.get("valuesKey") for each in spec["valuesFrom"]]
    assert keys == [None, "values-more.yml", "values-2.yaml"]
    assert all(reference.items() <= each.items() for each in spec["valuesFrom"])
    directory = "clusters/prod/all/apps/shop"
    assert result.files[f"{directory}/values-2.yaml"] == b"{b: 2}"
    argocd = documents(files_of(CHART | VALUES, release(**LISTED), engine="argocd"))
    sources = argocd["argocd/argocd-application-web-shop.yaml"]["spec"]["sources"]
    assert sources[0]["helm"]["valueFiles"] == [
        f"$values/{directory}/{name}"
        for name in ("values.yaml", "values-more.yml", "values-2.yaml")
    ]


@pytest.mark.parametrize(
    ("files", "spec", "words"),
    [
        ({"values/base.yaml": "[1]"}, {"valuesFiles": ["../values"]}, "these are no values"),
        ({"values/x.txt": ""}, {"valuesFiles": ["../values"]}, "has no file that ends in .yaml"),
        ({}, {"valuesFiles": ["../values"]}, "no file matches values"),
        ({}, {"chart": {"path": "../charts/shop", "name": "x"}}, "there is a path as well"),
        (
            {},
            {"chart": {"path": "../charts/shop", "verify": {"provider": "cosign"}}},
            "a chart of this repository has no signature of its own",
        ),
        ({}, {"capabilities": {"kubeVersion": "1.30"}}, "capabilities have no effect"),
        ({}, {"chart": {"name": "shop"}}, "spec.source: this required key is missing"),
    ],
)
def test_faults_say_where_and_what(files, spec, words):
    assert words in problem(CHART | files, release(**LOCAL | spec))


@pytest.mark.parametrize("engine", ["flux", "argocd"])
def test_releases_are_valid(engine, tmp_path):
    result = files_of(CHART | VALUES, release(**LISTED), engine=engine)
    paths = []
    for path, data in result.files.items():
        if "helmrelease" in path or "argocd-application" in path:
            paths.append(tmp_path / path.replace("/", "-"))
            paths[-1].write_bytes(data)
    assert_valid(paths)
