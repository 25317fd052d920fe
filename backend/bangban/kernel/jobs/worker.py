"""Background work of one process: the outbox's relay, and the sealing of audit trails.

Any number of processes may run one. Rows are leased to one at a time, and of two sealers one wins.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import timedelta
from typing import Final

import structlog

from bangban.kernel.audit.platform import PLATFORM_TRAIL
from bangban.kernel.audit.sealing import PATIENCE_MS, seal_district, seal_platform
from bangban.kernel.jobs.deliveries import Handler
from bangban.kernel.jobs.hints import Hint
from bangban.kernel.jobs.listener import Listener
from bangban.kernel.jobs.relay import KEEP, Relay
from bangban.kernel.tenancy.tenancy import Tenancy

_log = structlog.get_logger(__name__)

_LINGER: Final = 0.2  # seconds; commits come in bursts: one look for the lot
_SWEEP_EVERY: Final = 3600.0
_AFTER_FAILURE: Final = 2.0
_MOST_PATIENCE_MS: Final = 640
_STOP_SECONDS: Final = 10.0


async def rest(until: asyncio.Event, seconds: float) -> None:
    """Wait so long, but not longer than until the event is set."""
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(until.wait(), seconds)


class Sealer:
    """Seals each trail soon after something was announced, and looks at all of them when it begins.

    The platform's own is one of them; announcements that name no district are its.
    """

    def __init__(self, tenancy: Tenancy, *, every: float) -> None:
        """``every``: the seconds between the first announcement and the sealing of what came since."""
        self._tenancy = tenancy
        self._every = every
        self._dirty: dict[str, None] = {}
        self._patience: dict[str, int] = {}
        self._news = asyncio.Event()
        self._halted = asyncio.Event()

    def notice(self, slug: str) -> None:
        """Something happened in a district, or on the platform's own side (``PLATFORM_TRAIL``)."""
        self._dirty[slug] = None
        self._news.set()

    def notice_all(self) -> None:
        """Anything may have happened anywhere."""
        self.notice(PLATFORM_TRAIL)
        for district in self._tenancy.registry:
            self.notice(district.slug)

    def halt(self) -> None:
        """``run`` returns when the district that is being sealed is done."""
        self._halted.set()
        self._news.set()

    async def run(self) -> None:
        """Seal until halted."""
        await self.seal_noticed()
        while not self._halted.is_set():
            await self._news.wait()
            # Jitter spreads several processes out: who comes second finds everything sealed.
            await rest(self._halted, self._every * random.uniform(0.8, 1.2))  # noqa: S311 - not a secret
            await self.seal_noticed()

    async def seal_noticed(self) -> None:
        """Seal what was noticed so far."""
        self._news.clear()
        noticed, self._dirty = self._dirty, {}
        for slug in noticed:
            if self._halted.is_set():
                return
            patience = self._patience.get(slug, PATIENCE_MS)
            try:
                settled = await self._seal(slug, patience)
            except Exception as error:  # noqa: BLE001 - one district's trouble is not the others'
                _log.error("sealing failed", district=slug, problem=type(error).__name__)
                settled = False
            if settled:
                self._patience.pop(slug, None)
            else:
                # Starved by writers: wait a little longer for a gap next time, within bounds.
                self._patience[slug] = min(patience * 2, _MOST_PATIENCE_MS)
                self.notice(slug)

    async def _seal(self, slug: str, patience_ms: int) -> bool:
        if slug == PLATFORM_TRAIL:
            return (await seal_platform(self._tenancy, patience_ms=patience_ms)).settled
        registry = self._tenancy.registry
        if registry.find(slug) is None:
            await registry.refresh(slug)  # another process made it a moment ago
        district = registry.find(slug)
        if district is None:
            return True
        return (await seal_district(self._tenancy, district, patience_ms=patience_ms)).settled


class Worker:
    """``start`` and ``stop`` belong into the process's life; the listener is the caller's, and already on."""

    def __init__(
        self,
        tenancy: Tenancy,
        listener: Listener,
        handlers: Mapping[str, Handler],
        *,
        seal_every: float = 2.0,
        poll_every: float = 15.0,
        keep: timedelta = KEEP,
        sweeps: Sequence[Callable[[], Awaitable[object]]] = (),
    ) -> None:
        """``poll_every``: seconds between looks at the outbox when nothing is heard. ``keep``: see Relay.
        ``sweeps``: what else is deleted now and then."""
        self.relay = Relay(tenancy, handlers, keep=keep)
        self.sealer = Sealer(tenancy, every=seal_every)
        self._sweeps = (self.relay.sweep, *sweeps)
        self._poll_every = poll_every
        self._news = asyncio.Event()
        self._halted = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        listener.on_any(self._heard)
        listener.on_reconnect(self._missed)

    async def start(self) -> None:
        """Begin; what was left over from an earlier run is taken up at once."""
        self._news.set()
        self.sealer.notice_all()
        self._tasks = [
            asyncio.create_task(self._forever(self._relay), name="outbox"),
            asyncio.create_task(self._forever(self.sealer.run), name="sealer"),
            asyncio.create_task(self._forever(self._sweep), name="outbox-sweep"),
        ]

    async def stop(self) -> None:
        """End, for good. What has been begun is finished if that takes some seconds only; the rest is left to
        the next run. Nothing is torn out of a transaction unless it hangs. Harmless when repeated."""
        self._halted.set()
        self.relay.halt()
        self.sealer.halt()
        self._news.set()
        tasks, self._tasks = self._tasks, []
        if tasks:
            await asyncio.wait(tasks, timeout=_STOP_SECONDS)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _heard(self, hint: Hint) -> None:
        self._news.set()
        self.sealer.notice(hint.slug or PLATFORM_TRAIL)

    async def _missed(self) -> None:
        self._news.set()
        self.sealer.notice_all()

    async def _relay(self) -> None:
        pause = self._poll_every
        while not self._halted.is_set():
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._news.wait(), pause)
                await rest(self._halted, _LINGER)
            self._news.clear()
            await self.relay.drain()
            due = await self.relay.seconds_to_next()
            pause = self._poll_every if due is None else min(max(due, _LINGER), self._poll_every)

    async def _sweep(self) -> None:
        while not self._halted.is_set():
            for sweep in self._sweeps:
                await sweep()
            await rest(self._halted, _SWEEP_EVERY)

    async def _forever(self, work: Callable[[], Awaitable[None]]) -> None:
        """Run ``work``; after a failure, such as a database that restarts, run it again."""
        while not self._halted.is_set():
            try:
                await work()
            except Exception as error:  # noqa: BLE001 - background work outlives whatever goes wrong
                _log.error("background work failed, to be begun again", problem=type(error).__name__)
                self._news.set()
                await rest(self._halted, _AFTER_FAILURE)
