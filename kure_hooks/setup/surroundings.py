"""The surroundings of a repository: its GitOps tool, its forge, its pipeline and hooks."""

import re
from collections.abc import Sequence
from urllib.parse import urlsplit, urlunsplit

from msgspec import Struct

from kure_hooks.decoding import decode
from kure_hooks.errors import ReadError
from kure_hooks.files.mark import is_marked
from kure_hooks.files.memory import OverlaidTree
from kure_hooks.files.tree import MAX_LARGE, Tree
from kure_hooks.gitops.applications import KINDS as OF_ARGOCD
from kure_hooks.gitops.clusters import read_repository
from kure_hooks.gitops.files import Files
from kure_hooks.manifests import kind_of
from kure_hooks.yamlio import read

GITHUB, GITLAB, FORGEJO = "github", "gitlab", "forgejo"

PIPELINE = ".gitlab-ci.yml"

# The files and directories by which a forge runs its jobs. Forgejo reads those of Gitea and GitHub
# as well, so that its own come first.
_OF_FORGES = (
    (FORGEJO, (".forgejo", ".gitea")),
    (GITLAB, (PIPELINE, ".gitlab")),
    (GITHUB, (".github",)),
)
_HOSTS = (
    (GITHUB, ("github",)),
    (GITLAB, ("gitlab",)),
    (FORGEJO, ("codeberg.org", "forgejo", "gitea", "disroot")),
)
PRE_COMMIT, PREK = ".pre-commit-config.yaml", "prek.toml"
_OTHER_HOOKS = {
    "lefthook": (
        *("lefthook.yml", "lefthook.yaml", "lefthook.toml", "lefthook.json"),
        *(".lefthook.yml", ".lefthook.yaml", ".config/lefthook.yml", ".config/lefthook.yaml"),
    ),
    "husky": (".husky",),
    "overcommit": (".overcommit.yml",),
}

# GitLab's own tag for parts of other jobs, which stands before a list.
_REFERENCE = re.compile(r"(?<![^\s,:\[{])!reference(?=[\s\[])")
_DEFAULT = "test"


class Surroundings(Struct, frozen=True):
    """The findings about a repository, all empty where there is nothing of the kind.

    `tools` are `flux` and `argocd` as far as there are manifests of them that kure-hooks did not
    generate; `owners` counts their Kustomizations, Applications and the like. `forge` is one of
    GITHUB, GITLAB and FORGEJO. `url` is the repository at its forge, without a password. `runner`
    is the file that configures pre-commit or prek, and `other_hooks` names another runner.
    """

    tools: tuple[str, ...] = ()
    owners: int = 0
    forge: str = ""
    url: str = ""
    runner: str = ""
    other_hooks: str = ""


def survey(tree: Tree, origin: str) -> Surroundings:
    """Return what a repository's files, and the URL that it was cloned from, tell of it."""
    paths = tree.paths()
    tools, owners = _tools(tree, origin)
    return Surroundings(
        tools=tools,
        owners=owners,
        forge=_forge(paths, origin),
        url=without_password(origin),
        runner=next((path for path in (PRE_COMMIT, PREK) if path in paths), ""),
        other_hooks=next(
            (name for name, files in _OTHER_HOOKS.items() if any(_has(paths, it) for it in files)),
            "",
        ),
    )


def without_password(url: str) -> str:
    """Return a URL without the user and password that an HTTPS remote may have."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or "@" not in parts.netloc:
        return url
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))


def _has(paths: Sequence[str], name: str) -> bool:
    return any(path == name or path.startswith(f"{name}/") for path in paths)


def _forge(paths: Sequence[str], origin: str) -> str:
    """Return the forge: that of a host with a telling name, else the one whose files there are."""
    host = origin.partition("://")[2] or origin
    host = host.partition("/")[0].rpartition("@")[2].partition(":")[0].lower()
    for forge, words in _HOSTS:
        if any(word in host for word in words):
            return forge
    for forge, names in _OF_FORGES:
        if any(_has(paths, name) for name in names):
            return forge
    return ""


def _tools(tree: Tree, origin: str) -> tuple[tuple[str, ...], int]:
    files = Files(tree)
    if not any(map(files.mentions, files.manifests)):
        return (), 0
    own = frozenset(path for path in files.manifests if is_marked(_content(tree, path)))
    if own:
        tree = OverlaidTree({}, tree, own)
    repository = read_repository(tree, origin=origin)
    kinds = [
        kind_of(owner.resource.manifest) for one in repository.clusters for owner in one.owners
    ]
    kinds += [kind_of(item.manifest) for item in repository.unreached]
    names = {"argocd" if kind in OF_ARGOCD else "flux" for kind in kinds}
    return tuple(sorted(names)), len(kinds)


def _content(tree: Tree, path: str) -> bytes:
    try:
        return tree.read(path, MAX_LARGE)
    except ReadError:
        return b""


class _Pipeline(Struct):
    stages: list[str] | None = None


def stage(text: str) -> str:
    """Return the stage for a new job: empty for the default one, else the first that there is.

    Raises InputError for a pipeline that can't be read, or is none.
    """
    documents = read(_REFERENCE.sub("", text).encode(), PIPELINE)
    stages = [decode(document, _Pipeline).stages or [] for document in documents][-1:]
    names = stages[0] if stages else []
    return "" if _DEFAULT in names or not names else names[0]
