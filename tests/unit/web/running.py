"""Tests that need an event loop."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any


def running(test: Callable[..., Coroutine[Any, Any, None]]) -> Callable[..., None]:
    """A test that needs an event loop, but nothing to happen on it by itself."""

    def run(**given_: Any) -> None:
        asyncio.run(test(**given_))

    run.__name__, run.__doc__ = test.__name__, test.__doc__
    return run


async def settle() -> None:
    """Let every task go as far as it can."""
    for _ in range(5):
        await asyncio.sleep(0)
