"""Kubernetes objects: those of files, those of builds, and the scopes of their kinds."""
