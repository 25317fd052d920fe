"""How long work on an archive tells how far it is."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

Tell = Callable[[str, int, int], Awaitable[None]]
"""Told of each step's name, how much of it is done, and of how much; what it raises stops the work."""


async def silent(_step: str, _done: int, _total: int) -> None:
    """Tells nobody."""
