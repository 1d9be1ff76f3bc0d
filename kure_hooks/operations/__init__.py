"""The commands of kure-hooks: each is one function here, where all parts meet."""
