"""The only place that starts programs."""

from kure_hooks.process.conversation import Conversation
from kure_hooks.process.once import Done, ProgramError, run
from kure_hooks.process.programs import absence, find, kill_all

__all__ = ["Conversation", "Done", "ProgramError", "absence", "find", "kill_all", "run"]
