"""What the product's own work on a request costs, without the network and without the database.

    python -m benchmarks.plan_cache --var FOLDER [--json out.json]

In one process, on one core: the application's ``Operations`` answer the measured operations over a reader that
gives an empty answer at once. A hit is a document that was seen before; a miss is one that never was: it is
measured, parsed, validated, costed and planned. The fragment bomb is the document of 705 bytes whose 24 fragments
each spread the next one twice. Microseconds; medians of many.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import time
from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from pathlib import Path
from statistics import median
from typing import Any, Final

from benchmarks.bomb import bomb
from benchmarks.contestants.listed import SERVERS
from benchmarks.harness.asking import Question, questions
from benchmarks.harness.ground import opened
from benchmarks.harness.processes import Cores, on
from benchmarks.harness.servers import environment
from benchmarks.operations import ALL
from benchmarks.peers.bangban.app import opening

from bangban.cli import logs
from bangban.kernel.graphql.context import Context
from bangban.web.auth import Caller, authenticate
from bangban.web.operations import Operations
from bangban.web.requests import Request
from bangban.web.services import AppServices, open_services

_HITS: Final = 2000
_MISSES: Final = 150
_measuring: ContextVar[bool] = ContextVar("measuring", default=False)
_OPERATIONS: Final = ("case", "inbox", "catalog")


def unseen(document: str, number: int) -> str:
    """The document with another alias at its root: the same answer under a name that nobody asked for yet."""
    head, brace, rest = document.partition("{\n  ")
    return f"{head}{brace}n{number}: {rest}"


async def _each(repeats: int, act: Callable[[int], Awaitable[Any]]) -> float:
    """The median time of one, in microseconds."""
    took = []
    for number in range(repeats):
        began = time.perf_counter_ns()
        await act(number)
        took.append((time.perf_counter_ns() - began) / 1000)
    return round(median(took), 1)


async def _one(services: AppServices, operations: Operations, question: Question) -> dict[str, float]:
    authorization = f"Bearer {question.token}"

    async def who() -> Caller:
        return await authenticate(services, authorization=authorization, district_header=None, host=None)

    async def answer(document: str) -> None:
        caller = await who()
        context = Context(
            services=services,
            principal=caller.principal,
            district=caller.district,
            request_id="measured",
            language="zh-CN",
        )
        given = await operations.answer(Request(document, question.variables), context)
        if given.raw is None:
            raise RuntimeError(f"{question.key} is not passed through: {given.body}")

    document = question.operation.document
    await answer(document)
    return {
        "hit_us": await _each(_HITS, lambda _: answer(document)),
        "miss_us": await _each(_MISSES, lambda number: answer(unseen(document, number))),
    }


async def _refusal(services: AppServices, operations: Operations, question: Question) -> float:
    """Milliseconds, of the first and every other time: nothing is kept of what is refused."""
    authorization = f"Bearer {question.token}"
    caller = await authenticate(services, authorization=authorization, district_header=None, host=None)

    async def refused(_: int) -> None:
        context = Context(
            services=services,
            principal=caller.principal,
            district=caller.district,
            request_id="measured",
            language="zh-CN",
        )
        given = await operations.answer(Request(bomb()), context)
        if "errors" not in given.body:
            raise RuntimeError("the bomb was let through")

    return round(await _each(50, refused) / 1000, 3)


async def run(asked: list[Question]) -> dict[str, Any]:
    """All of it."""
    operations = Operations(introspection_for_anonymous=False)
    found: dict[str, Any] = {}
    async with open_services(opening()) as services:
        real = services.tenancy.reader.district

        async def nothing(*given: Any, **named: Any) -> Any:
            return b"{}" if _measuring.get() else await real(*given, **named)

        for question in asked:  # what is read once for a district or a caller is read before
            caller = await authenticate(
                services, authorization=f"Bearer {question.token}", district_header=None, host=None
            )
            if caller.district is not None:
                await services.tenancy.rules(caller.district)
        services.tenancy.reader.district = nothing  # type: ignore[method-assign]  # stands in for the database
        _measuring.set(True)  # of this task alone: what works in the background reads on
        for question in asked:
            found[question.operation.name] = await _one(services, operations, question)
        found["bomb_bytes"] = len(bomb())
        found["bomb_ms"] = await _refusal(services, operations, asked[0])
    return found


def main() -> None:
    """Measure, print a table, keep the numbers where asked."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--var", type=Path, required=True)
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    with opened(given.var) as ground, on(Cores.shared_out().server):
        scratch = ground.var / "bench-run"
        scratch.mkdir(exist_ok=True)
        told = environment(ground, SERVERS["through"], 0, scratch / "plan_cache.log", scratch / "none")
        os.environ.update(told)
        logs.set_up(scratch / "plan_cache.requests")
        asked = [asyncio.run(questions(ground, ALL[name], (ground.one,)))[0] for name in _OPERATIONS]
        found = asyncio.run(run(asked))
    print("| operation | seen before, µs | never seen, µs |\n| --- | ---: | ---: |")
    for name in _OPERATIONS:
        print(f"| {ALL[name].title} | {found[name]['hit_us']:,.0f} | {found[name]['miss_us']:,.0f} |")
    print(f"\nThe bomb of {found['bomb_bytes']} bytes is refused in {found['bomb_ms']:.2f} ms.")
    if given.json:
        given.json.write_text(json.dumps(found, indent=1), "utf-8")


if __name__ == "__main__":
    main()
