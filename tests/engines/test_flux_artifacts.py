"""Files that Flux leaves out of its artifacts although a Kustomization needs them (FX032)."""

import pytest
import yaml

from kure_hooks.engines.source_ignore import Patterns, read_patterns, usual_patterns
from kure_hooks.errors import InputError
from tests.support.generate import application, generated, leaf, node
from tests.support.schemas import fetched

GIT = {"kind": "GitRepository", "name": "fleet", "url": "https://example.com/f.git", "branch": "x"}
NAMED = "node.children[0].bundle.applications[0].spec.configMaps[0].files[0]"


def faults(root, files=(), engine="flux", settings="", **cluster):
    """Return the findings as place, key and message."""
    url = {"argocd": {"repoURL": "https://example.com/f.git"}}
    stack = {"name": "prod", "gitops": {"type": engine} | url, "node": root} | cluster
    texts = {"stacks/prod.yaml": yaml.safe_dump(stack), **dict(files)}
    texts |= {".kure-hooks.yaml": settings} if settings else {}
    try:
        generated(texts)
    except InputError as error:
        return [
            (str(each.at.path), each.key, each.problem, each.expected) for each in error.findings
        ]
    return []


def paths(root, files=(), **options):
    """Return the files that are left out and the pattern, in the words of the findings."""
    text = "Flux leaves "
    found = [problem for _, _, problem, _ in faults(root, files, **options)]
    assert all(each.startswith(text) for each in found)
    return [
        tuple(each.removeprefix(text).split(" out of its artifact because of ")) for each in found
    ]


def maps(*files):
    """Return an application with a ConfigMap of files."""
    spec = {"configMaps": [{"name": "settings", "files": list(files)}]}
    return {"name": "page", "namespace": "default", "kind": "Manifests", "spec": spec}


def with_map(*files, **fields):
    return node("prod", leaf("web", maps(*files), **fields))


LOGO = {"files/logo.png": "x"}
OUT = ("clusters/prod/web/page/logo.png", "*.png")


def test_a_file_of_a_config_map_is_told_where_it_is_named():
    (found,) = faults(with_map("../files/logo.png"), LOGO)
    assert found == (
        "stacks/prod.yaml",
        NAMED,
        "Flux leaves clusters/prod/web/page/logo.png out of its artifact because of *.png",
        "another name, or the line `!/clusters/prod/web/page/logo.png` at the end of .sourceignore",
    )


@pytest.mark.parametrize(
    ("name", "pattern"),
    [
        ("a.jpg", "*.jpg"),
        ("a.jpeg", "*.jpeg"),
        ("a.gif", "*.gif"),
        ("a.wmv", "*.wmv"),
        ("a.flv", "*.flv"),
        ("a.tar.gz", "*.tar.gz"),
        ("a.zip", "*.zip"),
        (".gitignore", ".gitignore"),
        (".gitmodules", ".gitmodules"),
        (".gitattributes", ".gitattributes"),
        (".travis.yml", ".travis.yml"),
        (".gitlab-ci.yml", ".gitlab-ci.yml"),
        ("appveyor.yml", "appveyor.yml"),
        (".drone.yml", ".drone.yml"),
        ("cloudbuild.yaml", "cloudbuild.yaml"),
        ("codeship-services.yml", "codeship-services.yml"),
        ("codeship-steps.yml", "codeship-steps.yml"),
        (".goreleaser.yml", "**/.goreleaser.yml"),
        (".sops.yaml", "**/.sops.yaml"),
        (".flux.yaml", "**/.flux.yaml"),
    ],
)
def test_flux_leaves_these_out_by_itself(name, pattern):
    found = paths(with_map(f"k=../files/{name}"), {f"files/{name}": "x"})
    assert found == [(f"clusters/prod/web/page/{name}", pattern)]


@pytest.mark.parametrize("name", ["a.svg", "a.PNG", "a.tgz", "a.pngx", "png", "gitignore", "x.bin"])
def test_other_files_are_in(name):
    assert paths(with_map(f"k=../files/{name}"), {f"files/{name}": "x"}) == []


def test_argo_cd_takes_all():
    assert faults(with_map("../files/logo.png"), LOGO, "argocd") == []


def test_names_of_nodes_and_applications_become_names_of_files():
    single = {"layout": {"applicationFileMode": "single"}}
    root = node("prod", leaf("web", application("cloudbuild", namespace="default")))
    assert paths(root, **single) == [("clusters/prod/web/cloudbuild.yaml", "cloudbuild.yaml")]
    assert paths(root) == []


@pytest.mark.parametrize(
    ("text", "left_out"),
    [
        ("!*.png\n", None),
        ("!/clusters/prod/web/page/logo.png\n", None),
        ("# nothing\n\n", "*.png"),
        ("*.md\n", None),
        ("*.md\n*.png\n", "*.png"),
        ("*.png\n!logo.png\n", None),
        ("!logo.png\n*.png\n", "*.png"),
    ],
)
def test_a_file_of_patterns_replaces_most_of_flux_s_own(text, left_out):
    found = paths(with_map("../files/logo.png"), LOGO | {".sourceignore": text})
    assert [pattern for _, pattern in found] == ([left_out] if left_out else [])


def test_a_file_of_patterns_anywhere_does():
    files = LOGO | {"docs/.sourceignore": "*.md\n"}
    assert paths(with_map("../files/logo.png"), files) == []


def test_patterns_of_git_stay_unless_they_are_taken_back():
    files = {"files/.gitignore": "x", ".sourceignore": "*.md\n"}
    assert len(paths(with_map("k=../files/.gitignore"), files)) == 1
    files[".sourceignore"] = "!.gitignore\n"
    assert paths(with_map("k=../files/.gitignore"), files) == []


def test_all_that_a_line_leaves_out_is_one_finding_at_that_line():
    files = {".sourceignore": "# all but\n/*\n!/docs\n"}
    root = node("prod", leaf("web", application("a", namespace="default")))
    (found,) = faults(root, files)
    assert found[0] == ".sourceignore"
    assert (
        found[2] == "Flux leaves clusters/prod/kustomization.yaml and 4 more out of "
        "its artifact because of /*"
    )
    assert found[3] == "another directory, or the line `!/clusters/prod/` behind .sourceignore:2:1"


def test_a_file_of_patterns_is_about_its_own_directory():
    root = node("prod", leaf("web", application("a", namespace="default")))
    assert faults(root, {"docs/.sourceignore": "*.yaml\n"}) == []
    (found,) = faults(root, {"clusters/.sourceignore": "/prod/web/\n"})
    assert found[0] == "clusters/.sourceignore"


@pytest.mark.parametrize(
    ("path", "text"),
    [
        (".sourceignore", "/*\n!/docs\n"),
        (".sourceignore", "clusters/\n"),
        (".sourceignore", "*-configmap-a.yaml\n"),
        ("clusters/.sourceignore", "/prod/web/\n"),
        ("clusters/prod/.sourceignore", "*.yaml\n"),
        ("clusters/prod/web/.sourceignore", "default-*\n"),
    ],
)
def test_the_line_that_is_expected_keeps_all_that_was_left_out(path, text):
    root = node("prod", leaf("web", application("a", namespace="default")))
    (found,) = faults(root, {path: text})
    line = found[3].partition("`")[2].partition("`")[0]
    assert faults(root, {path: f"{text}{line}\n"}) == []


def test_what_a_source_says_goes_before_files():
    def source(ignore):
        return {"sourceRef": GIT | {"ignore": ignore}}

    files = LOGO | {".sourceignore": "!*.png\n"}
    (found,) = faults(with_map("../files/logo.png", **source("*.png")), files)
    assert found[3].endswith("at the end of `ignore` of the source")
    assert paths(with_map("../files/logo.png", **source("!*.png")), LOGO) == []
    assert paths(with_map("../files/logo.png", **source("*.md")), LOGO) == []
    assert paths(with_map("../files/logo.png", **source("# nothing")), LOGO) == [OUT]


def test_a_bucket_has_no_patterns_of_flux_s_own():
    bootstrap = {"sourceKind": "Bucket", "sourceURL": "https://s3.example.com", "sourceRef": "b"}
    gitops = {"gitops": {"type": "flux", "bootstrap": bootstrap}}
    assert paths(with_map("../files/logo.png"), LOGO, **gitops) == []
    files = LOGO | {".sourceignore": "*.png\n"}
    assert len(paths(with_map("../files/logo.png"), files, **gitops)) == 1
    files = LOGO | {"clusters/.sourceignore": "*.png\n"}
    assert paths(with_map("../files/logo.png"), files, **gitops) == []


def test_a_package_is_an_artifact_of_its_own():
    package = {"group": "g", "version": "v1", "kind": "OCIRepository", "url": "oci://example.com/x"}
    root = with_map("../files/logo.png")
    root["children"][0]["packageRef"] = package
    (found,) = faults(root, LOGO | {".sourceignore": "!*.png\n"})
    where = "clusters/prod/packages/oci-web"
    expected = (
        f"another name, or the line `!/web/page/logo.png` at the end of {where}/.sourceignore"
    )
    assert found[3] == expected


def test_components_need_their_files():
    component = {"apiVersion": "kustomize.config.k8s.io/v1alpha1", "kind": "Component"}
    component["configMapGenerator"] = [{"name": "c", "files": ["logo.png"]}]
    files = {"parts/a/kustomization.yaml": yaml.safe_dump(component), "parts/a/logo.png": "x"}
    root = node("prod", leaf("web", components=["../../../parts/a"]))
    (found,) = faults(root, files)
    assert found[1:3] == (
        "node.children[0].bundle.components[0]",
        "Flux leaves parts/a/logo.png out of its artifact because of *.png",
    )
    assert faults(root, files | {".sourceignore": "/docs\n"}) == []


@pytest.mark.parametrize(
    ("patterns", "path", "left_out"),
    [
        ("a", "a", True),
        ("a", "x/a/b", True),
        ("a/", "a", False),
        ("a/", "a/b", True),
        ("/a", "a", True),
        ("/a", "x/a", False),
        ("/a/", "a", False),
        ("a/b", "a/b/c", True),
        ("a/b", "x/a/b", False),
        ("**/b", "b", True),
        ("**/b", "x/y/b", True),
        ("a/**", "a/b/c", True),
        ("a/**/c", "a/c", True),
        ("a/**/c", "a/x/y/c", True),
        ("a/**/c", "a/x/y/d", False),
        ("a**/b", "ab/b", False),
        ("*.y?ml", "x.yaml", True),
        ("*.y?ml", "x.yml", False),
        ("[a-c]x", "bx", True),
        ("[^a-c]x", "bx", False),
        ("[^a-c]x", "dx", True),
        ("[!x]", "!", True),
        ("[!x]", "a", False),
        ("[a", "[a", False),
        ("a\\*", "a*", True),
        ("a\\*", "ab", False),
        ("a ", "a", True),
        ("# a", "# a", False),
        ("a\n!a/b", "a/b", False),
        ("*\n!/a/b", "a/b", False),
        ("*\n!/a/b", "a/c", True),
        ("*", ".hidden", True),
        ("a" * 500, "a" * 500, False),
    ],
)
def test_patterns_match_as_in_source_controller(patterns, path, left_out):
    found = Patterns(read_patterns(patterns)).excluding(tuple(path.split("/")))
    assert bool(found) is left_out
    inner = Patterns(read_patterns(patterns, ("x", "y"))).excluding(("x", "y", *path.split("/")))
    assert bool(inner) is left_out


def test_nothing_but_the_last_name_of_a_pattern_can_match_by_itself():
    """A path that has no such name is not looked at any further, so that must lose nothing."""
    patterns = [*usual_patterns(alone=True), *read_patterns("a/**\n**\n/\n!\nb/c/\n")]
    for pattern in patterns:
        for path in ("a/b", "b/c/d", "x.png", ".git/a", "q", "x/.sops.yaml"):
            alone = Patterns([pattern]).excluding(tuple(path.split("/")))
            matches = pattern.matches(tuple(path.split("/")))
            assert bool(alone) is (matches and not pattern.includes)


def test_the_list_is_that_of_flux():
    """github.com/fluxcd/pkg/sourceignore, as source-controller 1.9.3 is built with it."""
    source = fetched("sourceignore.go").read_text()
    lines = [line for line in source.splitlines() if line.startswith("\tExclude")]
    listed = {name for line in lines for name in line.split('"')[1].split(",")}
    assert {each.text for each in usual_patterns(alone=True)} == listed
