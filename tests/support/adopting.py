"""Repositories with stacks whose bundles have payloads, and what adopting makes of them."""

from msgspec.structs import replace

from kure_hooks.config import Settings
from kure_hooks.files.memory import OverlaidTree
from kure_hooks.operations.adopt import Wish, adopt
from tests.support.importing import workspace

STACK = "stacks/prod.yaml"


def flux(*bundles, options=""):
    """Return a stack file with a node for each bundle, which is written as YAML."""
    return _stack("flux", f"flux: {{namespace: flux-system}}{options}", bundles)


def argocd(*bundles, options=""):
    url = "https://git.example.com/acme/fleet.git"
    gitops = f"argocd: {{repoURL: {url}, project: default, ordering: waves{options}}}"
    return _stack("argocd", gitops, bundles)


def _stack(engine, options, bundles):
    nodes = "".join(f"  - name: n{at}\n    bundle:\n{text}" for at, text in enumerate(bundles))
    return (
        f"# The stack.\nname: prod\ngitops:\n  type: {engine}\n  {options}\n"
        f"node:\n  name: prod\n  children:\n{nodes}"
    )


def bundle(name, path, *lines):
    """Return a bundle with a payload as lines of a stack file."""
    texts = (f"name: {name}", "payload:", f"  path: {path}", *lines)
    return "".join(f"      {line}\n" for line in texts)


def opened(files):
    """Return a repository with some files whose stacks are in stacks/."""
    return replace(workspace(files, origin=""), settings=Settings(output="clusters"))


def adopted(files, *names, every=False):
    """Return what adopting makes of a repository, and the repository after it."""
    repository = opened(files)
    repository.__dict__["origin"] = ""
    result = adopt(repository, Wish(names, every=every))
    texts = {path: after for path, (_, after) in result.texts.items()}
    return result, replace(repository, tree=OverlaidTree(texts, repository.tree))


def text(result, path=STACK):
    """Return the text of a stack file after the adoption."""
    return result.texts[path][1].decode()
