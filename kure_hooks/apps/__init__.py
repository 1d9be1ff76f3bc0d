"""Application kinds: each turns one application document into manifests."""

from typing import cast

from kure_hooks.apps import helm, raw, workload
from kure_hooks.apps.interface import Generator

GENERATORS: dict[str, Generator] = {
    "AppWorkload": cast("Generator", workload),
    "FluxHelm": cast("Generator", helm),
    "HelmChart": cast("Generator", helm),
    "Manifests": cast("Generator", raw),
}
