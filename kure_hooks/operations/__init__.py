"""What kure-hooks does: each command is one function here, where all parts meet."""
