"""Fields of an AppWorkload document, as types after the Kubernetes API.

Fields are declared in the order in which the Kubernetes API reference presents them, because that
is the order in which they are written again. Source of the rules: Kubernetes 1.34.
"""
