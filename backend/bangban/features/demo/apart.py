"""Sample cases of several districts at once, in processes of their own: on two cores it takes half the time.

A district's samples are one transaction, so a process that is stopped in the middle has made none of them;
what a process could not make is made here afterwards, and whatever is in its way is then said plainly.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import sys
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Final

import bangban
from bangban.features.demo.cases import make_cases
from bangban.kernel.database.engine import Endpoint
from bangban.kernel.tenancy.tenancy import Tenancy
from bangban.kernel.vault.key_file import dump

Progress = Callable[[str, int, int], None]
"""Told the district, how many of its cases are begun, and of how many."""

MOST_PROCESSES: Final = 4
WORTH_IT: Final = 400  # cases in all, below which starting a process costs more than it saves
_WORKER: Final = "bangban.features.demo.worker"
_GOODBYE: Final = 5.0  # seconds


async def make_cases_of(
    tenancy: Tenancy,
    endpoint: Endpoint,
    slugs: Iterable[str],
    *,
    count: int,
    processes: int | None = None,
    progress: Progress | None = None,
) -> int:
    """Bring each of these live districts to ``count`` sample cases; how many were made.

    ``endpoint`` is the application's way in; ``processes`` how many to start, by default as many as there
    are cores, none where there is little to do. Raises what ``make_cases`` raises.
    """
    tell = progress or (lambda _slug, _done, _total: None)
    waiting = deque(slugs)
    if processes is None:
        worth = len(waiting) > 1 and len(waiting) * count >= WORTH_IT
        processes = min(_cores(), len(waiting), MOST_PROCESSES) if worth else 0
    opening = {
        "endpoint": asdict(endpoint),
        "tag": tenancy.names.tag,
        "ring": dump(tenancy.ring),
        "count": count,
    }
    failed: list[str] = []
    started = [asyncio.create_task(_employ(opening, waiting, failed, tell)) for _ in range(processes)]
    try:
        made = sum(await asyncio.gather(*started))
    finally:
        for task in started:
            task.cancel()
        await asyncio.gather(*started, return_exceptions=True)
    for slug in [*failed, *waiting]:
        made += await make_cases(
            tenancy,
            tenancy.registry.get_live(slug),
            count=count,
            progress=partial(tell, slug),
        )
    return made


async def _employ(opening: dict[str, object], waiting: deque[str], failed: list[str], tell: Progress) -> int:
    """Let one process make the cases of one waiting district after the other."""
    source = str(Path(bangban.__file__).parents[1])
    path = os.pathsep.join(filter(None, [source, os.environ.get("PYTHONPATH")]))
    try:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            _WORKER,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,  # what it could not do is done again here, and said here
            env={**os.environ, "PYTHONPATH": path},
            start_new_session=True,  # Ctrl-C is this process's to answer, by ending that one
        )
    except OSError:
        return 0
    made, finished = 0, False
    try:
        await _write(process, json.dumps(opening))
        while waiting:
            slug = waiting.popleft()
            failed.append(slug)  # until it is not
            found = await _one(process, slug, tell)
            if found is None:
                break
            failed.remove(slug)
            made += found
        else:
            finished = True
    except OSError:
        pass  # it is gone; what it left is in ``failed``
    finally:
        await _dismiss(process, at_once=not finished)
    return made


async def _one(process: asyncio.subprocess.Process, slug: str, tell: Progress) -> int | None:
    """How many cases the process made in a district; None where it ended without an answer."""
    assert process.stdout is not None  # a pipe, as asked for
    await _write(process, slug)
    async for line in process.stdout:
        said = json.loads(line)
        if "made" in said:
            return int(said["made"])
        tell(slug, said["done"], said["total"])
    return None


async def _write(process: asyncio.subprocess.Process, line: str) -> None:
    assert process.stdin is not None  # a pipe, as asked for
    process.stdin.write(f"{line}\n".encode())
    await process.stdin.drain()


async def _dismiss(process: asyncio.subprocess.Process, *, at_once: bool) -> None:
    """End the process: it goes by itself when nobody writes to it any more, unless it must go now."""
    assert process.stdin is not None  # a pipe, as asked for
    process.stdin.close()
    if not at_once:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(process.wait(), _GOODBYE)
    if process.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()


def _cores() -> int:
    # What this process may use, which in a container or under taskset is less than the machine has.
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
