"""Garbage collection, put off while one extract is read.

A reading makes a tuple or two per cell and no cycles; searching them all for cycles again and again, as they grow in
number, would take half of the time.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def collection_put_off() -> Iterator[None]:
    """No automatic collection within; it is on again afterwards if it was on before."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
