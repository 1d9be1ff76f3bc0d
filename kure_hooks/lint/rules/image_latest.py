"""SE002: an image whose content may change."""

import re
from collections.abc import Iterator

from kure_hooks.findings import Finding, Severity
from kure_hooks.gitops.repository import Cluster
from kure_hooks.gitops.variables import OPEN
from kure_hooks.lint.workloads import containers
from kure_hooks.rules.rule import WARNING, Rule

RULE = Rule(
    "Image without a fixed tag",
    WARNING,
    "An image without a tag is `latest`, which is another one after every release: two nodes may "
    "run two versions, a restart upgrades without a commit, and no revert brings the old one back.",
    "Write a version, and let an update tool raise it; or add the digest.",
    "Kubernetes 1.34",
    wrong="""\
containers:
  - name: relay
    image: ghcr.io/acme/relay:latest
""",
    right="""\
containers:
  - name: relay
    image: ghcr.io/acme/relay:1.4.2
""",
    incidents=("https://github.com/dapr/dapr/issues/1365",),
)

_FLOATING = re.compile(r"\A(?:[^@]*/)?[^/:@]++(?::latest)?+")
_POLICY = b"$imagepolicy"


def check(cluster: Cluster) -> Iterator[Finding]:
    """Yield a warning for each image of a built-in workload that has no tag, or latest.

    Those that image automation sets in the file are left out.
    """
    for _, resource in cluster.resources():
        for pointer, container in containers(resource.manifest):
            image = container.get("image")
            if not isinstance(image, str) or OPEN in image or not _FLOATING.fullmatch(image):
                continue
            finding = resource.finding(
                (*pointer, "image"),
                f"the image {image} has {'the tag latest' if ':latest' in image else 'no tag'}, "
                "so what runs may change without a commit",
                "Write the tag of a version.",
                "",
                Severity.WARNING,
            )
            if not _is_automated(cluster, finding):
                yield finding


def _is_automated(cluster: Cluster, finding: Finding) -> bool:
    """Tell whether a marker of image automation stands in the line of a finding."""
    lines = cluster.files.content(finding.at.path).splitlines() if finding.at.line else []
    return finding.at.line <= len(lines) and _POLICY in lines[finding.at.line - 1]
