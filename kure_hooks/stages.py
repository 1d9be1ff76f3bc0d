"""The stage of a run, for whoever has to say where the time went."""

from dataclasses import dataclass


@dataclass
class _Run:
    """The work of the process at this moment: a phrase such as `generating stacks/prod.yaml`."""

    stage: str = "starting"


_RUN = _Run()


def enter(stage: str) -> None:
    """Say what is done from now on."""
    _RUN.stage = stage


def current() -> str:
    """Return what is done at the moment."""
    return _RUN.stage
