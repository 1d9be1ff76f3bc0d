"""What is mutated, and the command that has to bear it: see `Subject`."""

import gzip
import io
import json
import resource
import shutil
import signal
import tarfile
import time
import traceback
from contextlib import contextmanager
from random import Random

from click.testing import CliRunner
from hypothesis import HealthCheck, Phase, given, settings

from kure_hooks.cli import main
from kure_hooks.reports import REPORTS
from kure_hooks.yamlio import dump
from tests.fuzz import mutations
from tests.support import git
from tests.support.clusters import ARGO_CD, clusters
from tests.support.generate import generated

MOST_SECONDS = 5
"""Of the processors, for one run."""

# Ends that say nothing bad about how the files were read: a program without network, and a
# validation that had no schema for any object.
_MEANT = ("check the network", "no object was validated")

_SETTINGS = ".kure-hooks.yaml"
EVERY_SETTING = {
    "version": 1,
    "output": "clusters",
    "stacks": ["stacks/*.yaml"],
    "drift": {"keep": ["clusters/**/kept.yaml"], "reveal": ["x*"], "mode": "semantic"},
    "validate": {"kubernetes": "1.34", "schemaLocations": ["schemas/{{.ResourceKind}}.json"]},
    "flux": {"namespace": "flux-system", "interval": "1h", "placement": "separate"},
    "argocd": {"repoURL": "https://git.example.com/x.git", "ordering": "waves"},
    "layout": {"filePer": "resource", "fileNaming": "kind-name"},
}
_MEMBERS = ["a.yaml", "./a.yaml", "b/c.yaml", "b/", "../x.yaml", "/x.yaml", "é", "x" * 300]
_TYPES = [kind.encode() for kind in "0123456xgS7"]


class CrashError(AssertionError):
    """A run that ended as none may, whatever the files hold."""


class Overtime(BaseException):
    """A run that goes on after it should have ended; nothing that catches errors catches it."""


class Subject:
    """Files in a directory, some of which each round mutates; after it they are as before."""

    def __init__(self, directory, files):
        self.directory = directory
        self.files = files
        self.random = Random(0)  # noqa: S311
        git.write(directory, files)

    def command(self):
        """Return the command of a round."""
        return ["check", *self.root()]

    def root(self):
        return ["--root", str(self.directory)]

    def mutable(self, path):
        """Return whether a file is one that rounds mutate."""
        raise NotImplementedError

    def mutated(self):
        """Return some files with other bytes."""
        paths = [path for path in self.files if self.mutable(path)]
        chosen = {self.random.choice(paths) for _ in range(self.random.choice((1, 1, 2, 4)))}
        return {path: self.changed(self.files[path]) for path in sorted(chosen)}

    def changed(self, data):
        """Return the bytes of a file with a few changes."""
        for _ in range(self.random.choice((1, 1, 2, 3))):
            data = mutations.text(data, self.random)
        return data

    def round(self, seed):
        """Run the command over mutated files; raises CrashError."""
        self.random = Random(seed)  # noqa: S311 - every round can be run again
        changed = self.mutated()
        git.write(self.directory, changed)
        try:
            run(self.command())
        except CrashError as crash:
            problem = f"{type(self).__name__}, seed {seed}: {crash}\n{_shown(changed)}"
            raise CrashError(problem) from None
        finally:
            self.restore(changed)

    def restore(self, changed):
        """Make the files what they were before a round."""
        for path in changed.keys() - self.files.keys():
            (self.directory / path).unlink()
        git.write(
            self.directory, {path: self.files[path] for path in changed if path in self.files}
        )

    def reports(self):
        """Return the options that write a report in every format."""
        return [f"--output={name}={self.directory / 'reports' / name}" for name in REPORTS]


class Stacks(Subject):
    """Stacks, application documents and the files that they name."""

    def mutable(self, path):
        return not path.startswith((".kure-hooks", "clusters/", "vendor/"))

    def command(self):
        name = self.random.choice(["check", "check", "graph", "explain"])
        generated = next(path for path in self.files if path.startswith("clusters/"))
        forms = ["text", "mermaid", "dot", "svg"]
        more = {"graph": ["--format", self.random.choice(forms)], "explain": [generated]}
        return [name, *self.root(), *more.get(name, [])]


class Settings(Subject):
    """The settings."""

    def __init__(self, directory, files):
        drawn = json.loads(files[_SETTINGS])
        complete = json.dumps(EVERY_SETTING | drawn).encode()
        super().__init__(directory, {**files, _SETTINGS: complete})

    def mutable(self, path):
        return path == _SETTINGS

    def command(self):
        name = self.random.choice(["check", "check", "check", "validate", "graph"])
        return [name, *self.root()]


class Tree(Subject):
    """The generated files as they are checked in, and others beside them."""

    def mutable(self, path):
        return path.startswith("clusters/")

    def mutated(self):
        changed = super().mutated()
        if self.random.randrange(3) == 0:
            data = self.changed(self.random.choice(list(changed.values())))
            name = self.random.choice(
                ["x.yaml", "\x1b[1m.yaml", "\u202e.yml", "é", "-f", "\udcff", "a\nb"]
            )
            changed[f"clusters/prod/{name}"] = data
        return changed

    def command(self):
        name = self.random.choice(["check"] * 9 + ["generate"])
        return [name, *self.root(), *(self.reports() if self.random.randrange(8) == 0 else [])]

    def restore(self, changed):
        del changed  # generate may have written and removed any file
        shutil.rmtree(self.directory / "clusters")
        git.write(self.directory, self.files)


class Repository(Tree):
    """The same in a git repository, with reasons to look for."""

    def __init__(self, directory, files):
        super().__init__(directory, files)
        git.make_repository(directory)
        git.commit_all(directory, "all")

    def mutable(self, path):
        return path.startswith(("clusters/", "stacks/", "applications/"))


class Archive(Subject):
    """An archive with the manifests that a cluster is bootstrapped from."""

    name = "vendor/release.tar.gz"

    def __init__(self, directory, _):
        bootstrap = {"enabled": True, "manifests": self.name}
        argocd = {"repoURL": "https://git.example.com/x.git"}
        gitops = {"type": "argocd", "argocd": argocd, "bootstrap": bootstrap}
        stack = {"name": "prod", "gitops": gitops, "node": {"name": "prod"}}
        files = {"stacks/prod.yaml": json.dumps(stack).encode(), self.name: b""}
        super().__init__(directory, files)

    def command(self):
        if self.random.randrange(4):
            return super().command()
        return ["vendor", str(self.directory / self.name), *self.root(), "--as", "x"]

    def mutated(self):
        tar = self.tar()
        if self.random.randrange(2):
            tar = self.with_another_header(tar)
        for _ in range(self.random.randrange(3)):
            tar = mutations.text(tar, self.random)
        data = gzip.compress(tar, 1)
        if self.random.randrange(3) == 0:
            data = self.random.choice([mutations.flipped, mutations.cut])(data, self.random)
        return {self.name: data}

    def tar(self):
        """Return an archive of some members, not all of which are files."""
        target = io.BytesIO()
        form = self.random.choice([tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
        with tarfile.open(fileobj=target, mode="w", format=form) as archive:
            for _ in range(self.random.choice((1, 2, 5))):
                content = "---\n".join(map(dump, ARGO_CD)).encode()
                content = self.random.choice([content, self.changed(content)])
                member = tarfile.TarInfo(self.random.choice(_MEMBERS))
                member.size = len(content)
                member.type = self.random.choice([tarfile.REGTYPE] * 4 + _TYPES)
                member.linkname = self.random.choice(_MEMBERS)
                archive.addfile(member, io.BytesIO(content))
        return target.getvalue()

    def with_another_header(self, tar):
        """Change a byte of the first header, most often of the size, and mend its checksum."""
        data = bytearray(tar)
        at = self.random.choice([self.random.randrange(124, 136), self.random.randrange(512)])
        data[at] = self.random.choice(b"\x80\xff\x0007- 9a")
        total = sum(data[:148]) + sum(data[156:512]) + 8 * ord(" ")
        data[148:156] = f"{total:06o}\0 ".encode()
        return bytes(data)


class Report(Subject):
    """A stored report in JSON."""

    name = "report.json"

    def __init__(self, directory, files):
        super().__init__(directory, files)
        drifted = {path: data for path, data in files.items() if path.startswith("clusters/")}
        git.write(directory, {path: self.changed(data) for path, data in drifted.items()})
        run(["check", *self.root(), f"--output=json={directory / self.name}"])
        self.files = {self.name: (directory / self.name).read_bytes()}

    def mutated(self):
        data = self.files[self.name]
        if self.random.randrange(4) == 0:
            return {self.name: mutations.text(data, self.random)}
        report = json.loads(data)
        for _ in range(self.random.choice((1, 1, 2, 5))):
            report = mutations.value(report, self.random)
        return {self.name: json.dumps(report).encode()}

    def command(self):
        return ["report", str(self.directory / self.name), *self.reports()]


_ALL = (Stacks, Settings, Tree, Repository, Archive, Report)
SUBJECTS = {subject.__name__.lower(): subject for subject in _ALL}


def seeds(count):
    """Return the files of so many different repositories with what is generated from them."""
    found = []
    for engine in ("flux", "argocd"):

        @settings(
            max_examples=count // 2,
            phases=[Phase.generate],
            derandomize=True,
            database=None,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        )
        @given(clusters(engine))
        def collect(case):
            texts = case.texts()
            texts[".kure-hooks.yaml"] = json.dumps(case.documents[".kure-hooks.yaml"][0])
            files = {path: text.encode() for path, text in texts.items()}
            found.append({**files, **generated(texts).files})

        collect()
    return found


def run(arguments):
    """Run the command in this process; raises CrashError for exit 3 and for too much work."""
    before = _used()
    try:
        with _limited(2 * MOST_SECONDS):
            done = CliRunner().invoke(main, arguments)
    except Overtime as error:
        stack = "".join(traceback.format_tb(error.__traceback__)[-8:])
        raise CrashError(f"{arguments} goes on and on:\n{stack}") from None
    used = _used() - before
    said = done.stdout + done.stderr
    if done.exit_code not in (0, 1, 2) and not any(text in said for text in _MEANT):
        raise CrashError(f"exit {done.exit_code} of {arguments}: {done.stderr[-3000:]}")
    if used > MOST_SECONDS:
        raise CrashError(f"{arguments} took {used:.1f} seconds")


def _used():
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


@contextmanager
def _limited(seconds):
    """Raise Overtime in the body once it took so much of the processors."""

    def stop(*_):
        raise Overtime

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def _shown(changed):
    return "\n".join(f"{path}: {data[:2000]!r}" for path, data in changed.items())
