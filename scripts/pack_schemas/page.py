"""docs/schemas.md, made of the packed file and of the list of its sources."""

from collections.abc import Iterator

from kure_hooks.schemas.packed import FILE, Catalogue, Section, read_index
from scripts.pack_schemas.fetching import ROOT
from scripts.pack_schemas.sources import CUSTOM, KUBERNETES, Source

PAGE = ROOT / "docs/schemas.md"

_TEXT = """\
# Packed schemas

kure-hooks comes with the schemas of the kinds below, in one file of {size:,} bytes,
`kure_hooks/schemas/packed.bin`. Nothing is fetched when they are used.

| Source | Version | Licence | Kinds | Bytes | Go module |
| --- | --- | --- | ---: | ---: | --- |
{rows}

- **Kinds** counts pairs of apiVersion and kind that are served. An older release of a project
  adds the API versions that the releases above it no longer serve, and counts only those.
- **Bytes** is the compressed size of all releases of a project. The index of the kinds takes
  {index:,} bytes more.
- **Licence** is that of the project. flux-operator is under the GNU Affero General Public
  License: of its API only the names of fields, their types, limits, defaults and rules are taken,
  no description and no code. The manifests of Flux are Apache-2.0; the module of flux-operator
  holds them as Flux released them, and the CRDs of all controllers are read from there.

## Contents

Descriptions, titles and examples are left out. All else is as published: types, formats,
patterns, limits, defaults, `nullable`, and the `x-kubernetes-` keys with their CEL rules.

**Kubernetes.** {oldest} to {newest}, from the OpenAPI documents that each release publishes,
groups in alpha and beta included. For a version of Kubernetes outside of that range the nearest
one is used. The documents differ from what the API server takes, so facts of its Go code are put
right: fields that are not required may be `null`, quantities may be numbers, enumerations have
their values, which the documents leave out, and an empty string where it counts as absent. Some
fields are not required although the documents say so, among them `apiGroup` of a `roleRef` and
`serviceName` of a StatefulSet. In a status nothing is required, since the API server ignores the
status that somebody applies. `tests/live/test_built_in_schemas.py` tries all of this on a real
API server.

**Kustomize.** `kustomization.yaml` has no published schema. This one is made of the Go structs
that kustomize decodes the file into.

**Flux.** An Alert and a Receiver may also name the kinds of flux-operator, which adds them to the
CRDs of the Flux that it installs.

**Gateway API.** The standard channel. Kinds and API versions that it lacks are those of the
experimental channel.

**Prometheus Operator.** Its CRDs are made of its Go types by controller-gen, as the project makes
them.

**Argo Workflows.** The full CRDs, not the minimal ones.

## Making the file

`python -m scripts.pack_schemas` fetches the sources with Go's own client, checks them against
pinned checksums, keeps the parts that it needs in `.tools/schemas`, and writes the file and this
page. The versions and checksums are in `scripts/pack_schemas/sources.py`, and in `go.sum` of the
two programs beside it. Where the sources are at hand, `tests/schemas/test_packing.py` makes the
file anew and compares.
"""


def render() -> str:
    """Return the page for the file as it is."""
    index, start = read_index(FILE)
    catalogue = Catalogue()
    kubernetes, *others = index.sections
    rows = [
        *_kubernetes(catalogue, kubernetes),
        *(row for section in others for row in _rows(section)),
    ]
    return _TEXT.format(
        size=FILE.stat().st_size,
        index=start,
        rows="\n".join(rows),
        oldest=catalogue.versions[0],
        newest=catalogue.versions[-1],
    )


def _kubernetes(catalogue: Catalogue, section: Section) -> Iterator[str]:
    names = section.releases[0].kinds
    for place, source in enumerate(KUBERNETES):
        kinds = sum(api_version in names for api_version, _ in catalogue.kinds(source.label))
        yield _row(source, kinds, "" if place else f"{section.length:,}")


def _rows(section: Section) -> Iterator[str]:
    """Yield a row for each release of a project; the first has the bytes of all."""
    sources = {(source.name, source.label): source for source in CUSTOM}
    for place, release in enumerate(section.releases):
        source = sources[section.name, release.version]
        kinds = sum(map(len, release.kinds.values()))
        yield _row(source, kinds, "" if place else f"{section.length:,}")


def _row(source: Source, kinds: int, size: str) -> str:
    module = f"`{source.module}` {source.version}"
    cells = (source.name, source.label, source.licence, f"{kinds:,}", size, module)
    return f"| {' | '.join(cells)} |"
