"""Wires the functions, a module for each, so that a cold start imports only what it uses.

`build_*` is pure: it takes every collaborator. `*_from_environment` reads the environment and makes
the AWS clients; it is what a handler calls once, ahead of its first invocation or in it.
"""
