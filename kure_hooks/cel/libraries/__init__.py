"""Functions that Kubernetes adds to CEL, as far as the evaluator has none of its own.

The source of each is k8s.io/apiserver 0.36, pkg/cel/library. A value of a type such as
`kubernetes.IP` is a text here that begins with the name of its type; two of them are equal as Go's
are. Functions take texts, integers and truth values only: an optional value that reaches a function
in Python as a `dyn` ends the process (cel-expr-python 0.1.3).
"""
