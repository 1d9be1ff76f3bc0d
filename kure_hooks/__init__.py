"""Generate, check and explain GitOps trees for Flux CD and Argo CD from stack files."""

__version__ = "0.1.0"
