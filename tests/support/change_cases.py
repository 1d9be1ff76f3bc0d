"""Changes of objects of built-in kinds, which the API server takes or refuses."""

from pathlib import Path

import yaml

from tests.support.admission_cases import cases as objects
from tests.support.admission_cases import changed

REFUSED = Path(__file__).with_name("change_refused.txt")
"""The cases that the API server of Kubernetes 1.36 refuses; the live tests hold it against one."""
MISSED = {
    "claim-grown-when-bound": "only the cluster knows whether its class lets a claim grow",
}
"""The cases that are refused and that no finding tells, with the reason."""

_FILE = Path(__file__).with_suffix(".yaml")


def cases():
    """Yield the name of each case, its two versions, and what the cluster says of the first."""
    bases = dict(objects())
    for number, (name, case) in enumerate(yaml.safe_load(_FILE.read_text()).items()):
        versions = []
        for key in ("before", "after"):
            version = changed(bases[case["of"]], "kind", bases[case["of"]]["kind"])
            for path, value in case.get(key, {}).items():
                version = changed(version, path, value)
            if version["kind"] != "CustomResourceDefinition":
                version["metadata"]["name"] = f"case-{number}"
            versions.append(version)
        yield name, versions[0], versions[1], case.get("status")
