from pathlib import Path

import pytest
import xmlschema

from kure_hooks.graphs import GRAPHS
from tests.support.git import commit_all, make_repository

FLEET = Path(__file__).parents[2] / "examples" / "fleet"
GOLDEN = Path(__file__).parents[1] / "graphs" / "golden" / "fleet.txt"
DEPLOYMENT = "clusters/prod/apps/apps-deployment-frontend.yaml"
CALM = """\
clusters/prod
cluster prod (flux)
└── node prod
    ├── node prod/infra
    │   └── bundle ingress
    │       └── application ingress (Manifests)
    └── node prod/apps
        └── bundle web  after ingress
            └── application frontend (AppWorkload)
"""
# A second application of the name frontend.
BLOG = """\
    - name: blog
      bundle:
        name: blog
        applications:
        - name: frontend
          kind: Manifests
          spec:
            objects:
            - {apiVersion: v1, kind: Namespace, metadata: {name: blog}}
"""
SECOND = """\
    ├── node prod/apps
    │   └── bundle web  after ingress
    │       └── application frontend (AppWorkload)
    └── node prod/blog  drifted
        └── bundle blog  drifted
            └── application frontend (Manifests)  drifted
"""


def test_the_example_as_a_tree(kure, update_golden):
    """To mend: pytest tests/cli/test_graph.py --update-golden."""
    code, out, err = kure("graph", "--root", str(FLEET))
    if update_golden:
        GOLDEN.write_text(out)
    assert (code, err) == (0, "")
    assert out == GOLDEN.read_text()


@pytest.mark.parametrize("format_", sorted(GRAPHS))
def test_one_stack_in_every_format(kure, format_):
    code, out, err = kure("graph", "stacks/edge.yaml", "--format", format_, "--root", str(FLEET))
    assert (code, err) == (0, "")
    assert "clusters/edge" in out
    assert "clusters/staging" not in out


def test_drifted_parts_are_marked_on_demand(fleet, kure):
    make_repository(fleet)
    kure("generate")
    commit_all(fleet, "all")
    assert kure("graph", "--drift") == (0, CALM, "")
    path = fleet / DEPLOYMENT
    path.write_text(path.read_text().replace("replicas: 3", "replicas: 5"))
    assert kure("graph") == (0, CALM, "")
    code, out, err = kure("graph", "--drift")
    assert (code, err) == (0, "")
    drifted = [line.split("─ ")[1] for line in out.splitlines() if line.endswith("  drifted")]
    assert drifted == [
        "node prod/apps  drifted",
        "bundle web  after ingress  drifted",
        "application frontend (AppWorkload)  drifted",
    ]
    assert kure("graph", "--drift", "--source", "HEAD") == (0, CALM, "")


def test_of_two_applications_of_one_name_the_one_that_drifted_is_marked(fleet, kure):
    stack = fleet / "stacks/prod.yaml"
    stack.write_text(stack.read_text() + BLOG)
    kure("generate")
    (fleet / "clusters/prod/blog/cluster-namespace-blog.yaml").unlink()
    code, out, err = kure("graph", "--drift")
    assert (code, err) == (0, "")
    assert out.endswith(SECOND)


def test_the_image_marks_the_same_parts(fleet, kure):
    kure("generate")
    (fleet / DEPLOYMENT).unlink()
    _, out, _ = kure("graph", "--drift", "--format", "svg")
    document = xmlschema.XMLResource(out).root
    marked = [each for each in document.iter() if "kure-drifted" in each.get("class", "")]
    assert len(marked) == 3


def test_a_terminal_of_another_encoding_does_not_matter(fleet, kure, monkeypatch):
    monkeypatch.setenv("PYTHONIOENCODING", "ascii")
    code, out, err = kure("graph")
    assert (code, out, err) == (0, CALM, "")


def test_wrong_usage_and_faulty_stacks_exit_2(fleet, kure):
    code, out, err = kure("graph", "stacks/none.yaml")
    assert (code, out) == (2, "")
    assert "stacks/none.yaml is no stack of this repository" in err
    code, _, err = kure("graph", "--format", "html")
    assert code == 2
    assert "'html' is not one of 'dot', 'mermaid', 'svg', 'text'" in err
    stack = fleet / "stacks/prod.yaml"
    stack.write_text(stack.read_text().replace("name: prod", "nmae: prod", 1))
    code, out, err = kure("graph", "--format", "svg")
    assert code == 2
    assert "stacks/prod.yaml" in out + err
