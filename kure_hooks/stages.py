"""The stage of a run, for whoever has to say where the time went."""


class _Run:
    """The work of the process at this moment: a phrase such as `generating stacks/prod.yaml`."""

    stage = "starting"


def enter(stage: str) -> None:
    """Say what is done from now on."""
    _Run.stage = stage


def current() -> str:
    """Return what is done at the moment."""
    return _Run.stage
