"""The only place that starts programs, but for the one question of `stamps` to git."""

from kure_hooks.process.programs import absence, find, kill_all, seeking
from kure_hooks.process.run import Done, ProgramError, run
from kure_hooks.process.session import Session

__all__ = ["Done", "ProgramError", "Session", "absence", "find", "kill_all", "run", "seeking"]
