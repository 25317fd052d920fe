"""A process of its own that makes sample cases: ``python -m bangban.features.demo.worker``.

Python does most of the work, on one core for each process. Started by ``apart``, which writes one line of
JSON that says how to reach the installation, then a slug a line; each is answered with lines of progress
and one that says how many cases were made. The secrets come by the pipe, never by arguments or environment.
"""

from __future__ import annotations

import asyncio
import json
import sys
from typing import Any

from bangban.features.demo.cases import make_cases
from bangban.kernel.database.engine import Endpoint
from bangban.kernel.tenancy.limits import Limits
from bangban.kernel.tenancy.names import Names
from bangban.kernel.tenancy.tenancy import Tenancy
from bangban.kernel.vault.key_file import load_ring

CONNECTIONS = Limits(read_connections=1, write_connections=2)


async def _work(opening: dict[str, Any]) -> None:
    tenancy = await Tenancy.open(
        Endpoint(**opening["endpoint"]),
        names=Names(opening["tag"]),
        ring=load_ring(line=opening["ring"]),
        limits=CONNECTIONS,
    )
    try:
        while line := await asyncio.to_thread(sys.stdin.readline):
            made = await make_cases(
                tenancy,
                tenancy.registry.get_live(line.strip()),
                count=opening["count"],
                progress=lambda done, total: _say(done=done, total=total),
            )
            _say(made=made)
    finally:
        await tenancy.close()


def _say(**what: int) -> None:
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(_work(json.loads(sys.stdin.readline())))
