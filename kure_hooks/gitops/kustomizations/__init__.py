"""Builds of kustomizations as kustomize 5.8 makes them, without the program.

No value of a file is changed in place: a change copies the mappings and lists on its way, so that
a base that several overlays take in is built once and shares what no overlay touches. What is not
followed is said: an object is as kustomize makes it, or it is not there.
"""
