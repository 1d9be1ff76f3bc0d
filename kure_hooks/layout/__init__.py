"""The layout of a tree: one plan of paths, one map of files."""
