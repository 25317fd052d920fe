"""Which failures pass by themselves: the database is away, full, or took too long; the request is not at fault."""

from __future__ import annotations

from typing import Final

# SQLSTATE classes: connection lost or refused (a pooler's refusals too), too few resources, and the server's
# intervention, which includes a statement that ran into its time limit.
_CLASSES: Final = ("08", "53", "57")


def is_momentary(error: BaseException) -> bool:
    """Whether the same request may well succeed in a moment."""
    if isinstance(error, OSError):
        return True
    return str(getattr(error, "sqlstate", None) or "").startswith(_CLASSES)
