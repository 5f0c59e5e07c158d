"""Fault injection: every kind of fault put into a clean extract, and what the pipeline must make of it."""
