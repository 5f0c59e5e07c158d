"""The way of the data as Dagster sees it: assets, checks, sensor, schedule; bodies of a few lines.

Belongs here: what is shown and started in Dagster, and the plain steps behind it (`flow`).
Not here: reading, deriving, storing or drawing; those packages do not know Dagster.
"""
