"""Repositories made by hand: the objects of each owner are those of files."""

from kure_hooks.files.memory import MemoryTree
from kure_hooks.findings import Location
from kure_hooks.gitops.files import Files
from kure_hooks.gitops.owner import Owner
from kure_hooks.gitops.repository import Cluster, Repository
from kure_hooks.lint.catalogue import Check
from kure_hooks.objects.built import BuiltObject
from kure_hooks.rules.rule import ERROR, Rule

KUSTOMIZATION = """\
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata:
  name: {name}
  namespace: flux-system
"""
CONFIG_MAP = """\
apiVersion: v1
kind: ConfigMap
metadata:
  name: {name}
  namespace: shop
data:
  color: blue
"""


def resources(files, path):
    """Return the objects of a file as they are applied without any change."""
    start = Location(path, 1, 1)
    return [
        BuiltObject(item.document, item.pointer, item.manifest, start, item)
        for item in files.objects(path)
    ]


def repository(texts, clusters, unreached=()):
    """Return a repository of files by path.

    `clusters` maps the name of each to the files of its owners' objects, each with the files of
    what the owner applies.
    """
    files = Files(MemoryTree({path: text.encode() for path, text in texts.items()}))
    found = []
    for name, owned in clusters.items():
        owners = []
        for path, applied in owned.items():
            (own,) = resources(files, path)
            objects = [item for file in applied for item in resources(files, file)]
            owners.append(Owner("flux", own.who, own, resources=objects))
        entries = [owner.resource for owner in owners]
        found.append(Cluster(name, is_certain=True, files=files, owners=owners, entries=entries))
    left = [item for path in unreached for item in files.objects(path)]
    return Repository(files, found, left)


def rule(severity=ERROR):
    return Rule("Blue", severity, "Blue is bad.", "Take another colour.")


def blue(name="TT001", severity=ERROR, found=None):
    """Return a rule that finds each ConfigMap that is blue."""

    def check(cluster):
        for _, item in cluster.resources():
            if item.manifest.get("data", {}).get("color") == "blue":
                yield item.finding(
                    ("data", "color"), "it is blue", "take red", "", found or severity
                )

    return Check(name, rule(severity), check)
