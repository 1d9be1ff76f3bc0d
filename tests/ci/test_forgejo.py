"""The workflow for Forgejo of docs/ci.md, whose last step judges a pull request."""

import shlex
import subprocess
import sys

import yaml

from kure_hooks.setup import starters
from kure_hooks.setup.surroundings import FORGEJO
from tests.support.children import environment
from tests.support.pages import blocks, read
from tests.support.pipelines import Forge

TEXT = next(block.text for block in blocks(read("docs/ci.md")) if ".forgejo" in block.text)
STEPS = yaml.safe_load(TEXT)["jobs"]["check"]["steps"]


def test_init_writes_the_same_steps():
    written = yaml.safe_load(starters.workflow(FORGEJO, "check"))
    assert written["jobs"]["check"]["steps"] == STEPS
    assert written["permissions"] == {"contents": "read"}


def test_a_pull_request_is_judged_by_what_it_did(tmp_path, in_sync):
    application = (in_sync / "apps/frontend.yaml").read_text()
    edits = {"apps/frontend.yaml": application.replace("replicas: 3", "replicas: 4")}
    forge = Forge(tmp_path, in_sync, [edits])
    # Forgejo checks out the last commit of the pull request, and writes the event as GitHub does.
    checkout = forge.checkout(forge.head, 1)
    program, *arguments = shlex.split(STEPS[-1]["run"])
    assert program == "kure-hooks"

    def judge():
        done = subprocess.run(
            [sys.executable, "-m", "kure_hooks", *arguments],
            cwd=checkout,
            env={**environment(), **forge.github("pull_request"), "FORGEJO_ACTIONS": "true"},
            capture_output=True,
            text=True,
            check=False,
        )
        return done.returncode, done.stdout

    code, out = judge()
    assert (code, "spec.replicas" in out) == (1, True)
    deployment = checkout / "clusters/prod/apps/apps-deployment-frontend.yaml"
    deployment.write_text(deployment.read_text().replace("replicas: 3", "replicas: 4"))
    assert judge() == (0, "")
