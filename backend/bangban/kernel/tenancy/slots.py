"""Slots for writes: as many as there are connections, shared fairly between districts.

A write holds its connection for the length of a transaction, so without this the district that writes most, or
that waits longest for its own locks, would hold all of them.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bangban.kernel.tenancy.gauges import connections
from bangban.kernel.tenancy.turns import Turns


class FairSlots:
    """``size`` slots. ``share``, ``queue`` and ``patience`` as in ``Turns``."""

    def __init__(self, size: int, *, share: int, queue: int, patience: float) -> None:
        self.size = size
        self._free = size
        self.turns: Turns[None] = Turns(
            share=share, queue=queue, patience=patience, give_back=lambda name, _: self._give(name)
        )
        connections.slots.add(self)

    @property
    def busy(self) -> int:
        """Slots in use."""
        return self.size - self._free

    @asynccontextmanager
    async def of(self, name: str) -> AsyncIterator[None]:
        """Hold a slot for the district ``name``. Raises Overloaded where that takes too long."""
        if self._free:
            self._free -= 1
            self.turns.begin(name)
        else:
            await self.turns.wait(name)
        try:
            yield
        finally:
            self._give(name)

    def _give(self, name: str) -> None:
        self.turns.end(name)
        if not self.turns.hand(None, at_home=_nowhere):
            self._free += 1


def _nowhere(_: str) -> bool:
    return False  # one slot is like another
