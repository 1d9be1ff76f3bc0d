"""A user's work tree in which git runs one of the hooks."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.support.children import environment as with_package
from tests.support.git import environment, git, write
from tests.support.scripts import script

ROOT = Path(__file__).parents[2]


def stack(name, greeting):
    """Return a stack file: a Flux cluster with one ConfigMap."""
    return f"""\
apiVersion: stack.gokure.dev/v1alpha1
kind: Cluster
metadata: {{name: {name}}}
spec:
  node:
    name: {name}
    bundle:
      name: apps
      applications:
      - name: greeting
        kind: Manifests
        spec:
          objects:
          - apiVersion: v1
            kind: ConfigMap
            metadata: {{name: greeting, namespace: web}}
            data: {{greeting: {greeting}}}
"""


def generated(name):
    """Return the path of the ConfigMap that such a stack generates."""
    return f"clusters/{name}/apps/web-configmap-greeting.yaml"


def run_kure(*args, cwd, under=(), variables=None):
    """Run the command from this work tree."""
    command = [*under, sys.executable, "-m", "kure_hooks", *args]
    return subprocess.run(
        command,
        cwd=cwd,
        env=with_package() | environment() | (variables or {}),
        capture_output=True,
        text=True,
        check=False,
    )


@dataclass(frozen=True)
class Checkout:
    """A user's work tree with the hook in place."""

    path: Path
    variables: dict[str, str]

    def git(self, *args):
        return git(self.path, *args)

    def commit(self, *args):
        """Commit as a user does; return whether it worked and what was said."""
        return self.runs("commit", "--message", "change", *args)

    def push(self):
        """Push as a user does; return whether it worked and what was said."""
        return self.runs("push", "origin", "main")

    def shell(self, command):
        """Run a command that a report names in a shell that knows the runners; return its words."""
        return self._run("sh", "-c", command)[1]

    def runs(self, *args):
        """Run git as a user does; return whether it worked and what was said."""
        return self._run("git", *args)

    def _run(self, *command):
        programs = Path(script("pre-commit")).parent
        path = f"{programs}:{environment()['PATH']}"
        done = subprocess.run(
            command,
            cwd=self.path,
            env=environment() | self.variables | {"PATH": path},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
        )
        return done.returncode == 0, os.fsdecode(done.stdout)

    def refused(self, *args, code=1):
        """Commit, which must fail because of the hook and nothing else; return what was said."""
        before = self.git("rev-parse", "HEAD")
        worked, said = self.commit(*args)
        assert not worked
        assert f"exit code: {code}" in said, said
        assert self.git("rev-parse", "HEAD") == before
        return said

    def accepted(self, *args):
        """Commit, which must work."""
        worked, said = self.commit(*args)
        assert worked, said
        return said

    def write(self, path, text):
        write(self.path, {path: text})

    def read(self, path):
        return (self.path / path).read_text()

    def committed(self, path):
        """Return a file of the last commit."""
        return self.git("show", f"HEAD:{path}")

    def tree(self):
        """Return the paths of the last commit."""
        return self.git("ls-tree", "-r", "--name-only", "HEAD").split()
