"""The way in: a stack of the owners that a repository has, and the proof that it changes none."""
