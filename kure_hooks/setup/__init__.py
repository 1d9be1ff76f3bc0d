"""The first set-up of a repository: its surroundings, and the texts of the files that it gets."""
