"""Where everything goes: one plan of paths, one map of files."""
