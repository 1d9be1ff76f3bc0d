"""Charts for the releases of a tree: small ones, under the names and versions that it asks for."""

import gzip
import hashlib
import io
import re
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import yaml

from tests.live.api import Object
from tests.live.hosts import Hosts
from tests.live.registry import HELM_CONFIG, HELM_CONTENT, Registry
from tests.live.reporting import standing_in

_TEMPLATE = """\
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-values
  namespace: {{ .Release.Namespace }}
data:
  values.yaml: {{ .Values | toYaml | quote }}
{{- if .Values.hook }}
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-hook
  namespace: {{ .Release.Namespace }}
  annotations: {helm.sh/hook: pre-install}
{{- end }}
"""
DEFINING = "definitions"
"""The name of charts that define a kind of their own."""
_DEFINITION = """\
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: things.example.com}
spec:
  group: example.com
  names: {kind: Thing, plural: things, singular: thing}
  scope: Namespaced
  versions:
  - {name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object}}}
"""


@dataclass(frozen=True)
class Chart:
    """A chart in a repository, which is an `https://` or an `oci://` URL."""

    repository: str
    name: str
    version: str

    @property
    def files(self) -> dict[str, str]:
        """The files of the chart."""
        about = {"apiVersion": "v2", "name": self.name, "version": self.version}
        files = {
            "Chart.yaml": yaml.safe_dump(about),
            "values.yaml": "{}\n",
            "templates/values.yaml": _TEMPLATE,
        }
        if self.name == DEFINING:
            files["crds/thing.yaml"] = _DEFINITION
        return files

    @property
    def archive(self) -> bytes:
        """The chart as Helm packs it."""
        files = self.files
        buffer = io.BytesIO()
        with tarfile.open(fileobj=buffer, mode="w") as tar:
            for path, text in files.items():
                info = tarfile.TarInfo(f"{self.name}/{path}")
                info.size = len(text.encode())
                tar.addfile(info, io.BytesIO(text.encode()))
        return gzip.compress(buffer.getvalue(), mtime=0)


def publish_charts(hosts: Hosts, registry: Registry | None, objects: list[Object]) -> None:
    """Publish a chart for everything in a tree that asks for one."""
    classic: dict[str, list[Chart]] = {}
    for chart in sorted(set(_charts(objects)), key=str):
        standing_in("charts: a small one under each name and version that is asked for")
        if chart.repository.startswith("oci://"):
            assert registry is not None, f"no registry for {chart}"
            about = f'{{"name": "{chart.name}", "version": "{chart.version}"}}'.encode()
            url = f"{chart.repository.rstrip('/')}/{chart.name}"
            registry.put(url, chart.version, (HELM_CONFIG, about), (HELM_CONTENT, chart.archive))
        else:
            classic.setdefault(chart.repository, []).append(chart)
    for repository, charts in classic.items():
        _write_repository(hosts.directory, repository, charts)


def _write_repository(directory: Path, repository: str, charts: list[Chart]) -> None:
    parts = urlsplit(repository)
    place = directory / parts.netloc / parts.path.strip("/")
    place.mkdir(parents=True, exist_ok=True)
    entries: dict[str, list[object]] = {}
    for chart in charts:
        file = f"{chart.name}-{chart.version}.tgz"
        (place / file).write_bytes(chart.archive)
        entries.setdefault(chart.name, []).append(
            {
                "apiVersion": "v2",
                "name": chart.name,
                "version": chart.version,
                "urls": [file],
                "digest": hashlib.sha256(chart.archive).hexdigest(),
                "created": "2026-01-01T00:00:00Z",
            }
        )
    index = {"apiVersion": "v1", "entries": entries, "generated": "2026-01-01T00:00:00Z"}
    (place / "index.yaml").write_text(yaml.safe_dump(index))


def is_chart(source: Object) -> bool:
    """Tell whether a source is an OCIRepository of a chart."""
    selector = (source.get("spec") or {}).get("layerSelector", {})
    return source["kind"] == "OCIRepository" and selector.get("mediaType") == HELM_CONTENT


def _charts(objects: list[Object]) -> Iterator[Chart]:
    repositories = {
        each["metadata"]["name"]: each["spec"]["url"]
        for each in objects
        if each["kind"] == "HelmRepository"
    }
    for each in objects:
        spec = each.get("spec") or {}
        if each["kind"] == "HelmRelease" and (chart := spec.get("chart")):
            about = chart["spec"]
            if about["sourceRef"]["kind"] == "HelmRepository":
                repository = repositories[about["sourceRef"]["name"]]
                yield Chart(repository, about["chart"], _accepted(about.get("version", "")))
        elif is_chart(each):
            repository, _, name = spec["url"].rpartition("/")
            reference = spec["ref"]
            version = reference.get("tag") or _accepted(reference.get("semver", ""))
            yield Chart(repository, name, version)
        elif each["kind"] == "Application":
            yield from _of_application(spec)
        elif each["kind"] == "ApplicationSet":
            for generator in spec["generators"]:
                for element in generator.get("list", {}).get("elements", ()):
                    yield from _of_application(element.get("patch", {}).get("spec", {}))


def _of_application(spec: Object) -> Iterator[Chart]:
    for source in [spec.get("source") or {}, *spec.get("sources", ())]:
        if "chart" in source:
            version = _accepted(source["targetRevision"])
            yield Chart(_repository(source["repoURL"]), source["chart"], version)


def _repository(url: str) -> str:
    return url if "://" in url else f"oci://{url}"


def _accepted(version: str) -> str:
    """Return a version that a range accepts."""
    numbers = re.search(r"v?(\d+)(?:\.(\d+|x|\*))?(?:\.(\d+|x|\*))?", version)
    if not numbers:
        return "1.0.0"
    if re.fullmatch(r"v?\d+\.\d+\.\d+[-+.\w]*", version):
        return version
    return ".".join(part if part and part.isdigit() else "0" for part in numbers.groups())
