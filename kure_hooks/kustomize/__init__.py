"""kustomize 5.8 as far as generated trees rely on it: directories that build, and patches."""
