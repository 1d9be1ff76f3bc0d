"""The only place that starts programs."""

from kure_hooks.process.programs import absence, find, kill_all
from kure_hooks.process.run import Done, ProgramError, run
from kure_hooks.process.session import Session

__all__ = ["Done", "ProgramError", "Session", "absence", "find", "kill_all", "run"]
