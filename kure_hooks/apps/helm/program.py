"""The program helm, which renders charts: found, asked for its version, and run on a copy.

Charts come from pull requests. Helm sees nothing but the copy of the chart, none of the user's
settings, plugins, repositories and programs, and no schema of values, for which it would fetch
URLs. It has no cluster to look anything up in, so that `lookup` finds nothing, resolves no host
names and reaches no network.
"""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from msgspec import Struct

from kure_hooks import process
from kure_hooks.errors import ToolError
from kure_hooks.files.tree import MAX_LARGE
from kure_hooks.kustomize.build import OFFLINE

INSTALLATION = "https://helm.sh/docs/intro/install/"
"""The page of Helm that says how to install it."""

# APIs of every cluster since Kubernetes 1.10 that helm's own list lacks (Helm 3.21).
_EVERYWHERE = ("apiregistration.k8s.io/v1", "apiregistration.k8s.io/v1/APIService")
_LEAST = (3, 16)  # the first with --skip-schema-validation
_VERSION = re.compile(r"v?([0-9]{1,4})\.([0-9]{1,4})")
_TIMEOUT = 60
_MEMORY = 2 << 30
_MAX_OUTPUT = 2 * MAX_LARGE
_SHOWN = 100


class Options(Struct, frozen=True):
    """Everything beside chart and values that decides what comes out."""

    release: str
    namespace: str
    kube_version: str
    api_versions: Sequence[str] = ()
    crds: bool = True
    hooks: bool = True

    @property
    def flags(self) -> tuple[str, ...]:
        """The options as flags of `helm template` (Helm 3.16 and 4)."""
        flags = ["--namespace", self.namespace, "--kube-version", self.kube_version]
        flags += [f"--api-versions={api}" for api in (*_EVERYWHERE, *self.api_versions)]
        flags += ["--include-crds"] if self.crds else ["--skip-crds"]
        return (*flags, *([] if self.hooks else ["--no-hooks"]))


class Helm(Struct, frozen=True):
    """The program at `path`; nothing is taken from the `checkouts`."""

    path: str
    checkouts: tuple[Path, ...]

    @classmethod
    def found(cls, checkouts: tuple[Path, ...]) -> "Helm | None":
        """Return the program on PATH, None without one that is safe to run."""
        path = process.find("helm", checkouts)
        return cls(path, checkouts) if path else None

    @property
    def identity(self) -> str:
        """The sign of another version: where the program is, its size and its time."""
        status = Path(self.path).stat()
        return f"{self.path} {status.st_size} {status.st_mtime_ns}"

    def refuse_old(self) -> None:
        """Raise ToolError for a version without the flags that are needed."""
        with TemporaryDirectory(prefix="kure-hooks-") as directory:
            said = self._run(Path(directory), "version", "--template", "{{.Version}}")
        text = said.decode(errors="replace").strip()
        match = _VERSION.match(text)
        if match is None or (int(match[1]), int(match[2])) < _LEAST:
            least = ".".join(map(str, _LEAST))
            raise ToolError(
                f"{self.path} is Helm {text or 'of no known version'}, and charts are rendered by "
                f"Helm {least} or later. Install one: {INSTALLATION}"
            )

    def template(
        self,
        chart: Mapping[str, bytes],
        values: Sequence[bytes],
        options: Options,
        zone: str = "UTC",
    ) -> bytes:
        """Return what `helm template` prints of a chart, whose files are given by their names.

        Later values win. `zone` is the time zone that templates see. Raises ToolError when helm
        fails, takes too long or prints too much, and for files that can't be on one disk.
        """
        with TemporaryDirectory(prefix="kure-hooks-") as name:
            directory = Path(name)
            for path, data in chart.items():
                _copy(directory / "chart" / path, path, data)
            flags = list(options.flags)
            for number, data in enumerate(values):
                file = directory / f"values-{number}.yaml"
                file.write_bytes(data)
                flags += ["--values", file.name]
            flags.append("--skip-schema-validation")
            subject = ("--", options.release, "./chart")  # behind it, no name is a flag
            return self._run(directory, "template", *flags, *subject, zone=zone)

    def _run(self, directory: Path, *args: str, zone: str = "UTC") -> bytes:
        own = directory / "helm"
        homes = {name: str(own / name.lower()) for name in _HOMES}
        done = process.run(
            *(self.path, *args),
            cwd=directory,
            timeout=_TIMEOUT,
            max_output=_MAX_OUTPUT,
            memory=_MEMORY,
            environment={
                **OFFLINE,
                **homes,
                "PATH": str(own),
                "HELM_NO_PLUGINS": "1",
                "TZ": zone,
            },
            checkouts=self.checkouts,
        )
        return done.out


def _copy(file: Path, path: str, data: bytes) -> None:
    """Write a file of a chart; an archive may have names that no directory takes."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
    except OSError as error:
        shown = path if len(path) <= _SHOWN else f"{path[:_SHOWN]}..."
        raise ToolError(f"its file {shown} can't be written: {error.strerror}") from error


# Directories and files of the user, all of which are somewhere in the copy where nothing is.
_HOMES = (
    *("HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME", "KUBECONFIG"),
    *("HELM_CONFIG_HOME", "HELM_CACHE_HOME", "HELM_DATA_HOME", "HELM_PLUGINS"),
    *("HELM_REGISTRY_CONFIG", "HELM_REPOSITORY_CONFIG", "HELM_REPOSITORY_CACHE"),
)
