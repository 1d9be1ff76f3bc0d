"""A repository as the controllers of Flux CD and Argo CD see it: what each object applies.

Nothing here writes a manifest. A repository needs no stack file to be read.
"""
