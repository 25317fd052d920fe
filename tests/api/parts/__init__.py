"""What each part of the API tells its common tests; a new part is a new module here."""

from __future__ import annotations

import pkgutil
from functools import cache
from importlib import import_module

from tests.api.shapes import Part


@cache
def parts() -> tuple[Part, ...]:
    """The parts, by the names of their modules."""
    names = sorted(each.name for each in pkgutil.iter_modules(__path__))
    return tuple(import_module(f"{__name__}.{name}").PART for name in names)
