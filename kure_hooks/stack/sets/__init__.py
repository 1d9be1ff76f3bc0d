"""Cluster sets: many clusters from one template and a table, each as if it were written by hand."""
