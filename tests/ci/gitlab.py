"""A small port of GitLab's components and of the shell that runs a job's script."""

import os
import re
import subprocess
from pathlib import Path

import yaml

from tests.support.git import environment

ROOT = Path(__file__).parents[2]
TEMPLATE = ROOT / "templates/kure-hooks/template.yml"
HEAD, _, BODY = TEMPLATE.read_text().partition("\n---\n")
INPUTS = yaml.safe_load(HEAD)["spec"]["inputs"]


def jobs(**inputs):
    """Return the jobs of the component, as it is included with inputs.

    Refuses what GitLab refuses: unknown inputs, values that are no option or that the pattern of
    the input does not match.
    """
    named = {name.replace("_", "-"): value for name, value in inputs.items()}
    assert named.keys() <= INPUTS.keys()
    values = {name: named.get(name, entry["default"]) for name, entry in INPUTS.items()}
    for name, entry in INPUTS.items():
        assert values[name] in entry.get("options", [values[name]]), name
        assert re.search(entry.get("regex", ""), values[name]), name
    return _filled(yaml.safe_load(BODY), values)


def _filled(part, values):
    """Return a part of the configuration with the values of inputs in all of its texts."""
    if isinstance(part, dict):
        return {_filled(key, values): _filled(value, values) for key, value in part.items()}
    if isinstance(part, list):
        return [_filled(item, values) for item in part]
    if isinstance(part, str):
        return re.sub(r"\$\[\[ inputs\.([\w-]+) \]\]", lambda match: values[match[1]], part)
    return part


def run(job, checkout: Path, variables, path: str, shell="bash"):
    """Run the script of a job as GitLab's runner does: all lines in one shell, up to a failure."""
    own = {
        name: value["value"] if isinstance(value, dict) else value
        for name, value in job["variables"].items()
    }
    options = ["-eo", "pipefail"] if shell == "bash" else ["-e"]
    return subprocess.run(
        [shell, *options, "-c", "\n".join(job["script"])],
        cwd=checkout,
        env={**environment(), **variables, **own, "PATH": path + os.pathsep + os.environ["PATH"]},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
