"""``python -m benchmarks``: everything against everybody, and ``RESULTS.md`` with what came of it."""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
import time
from pathlib import Path
from typing import Final

from benchmarks.contestants import Contestant
from benchmarks.contestants.listed import SERVERS, missing
from benchmarks.harness import casework, extras, report
from benchmarks.harness.asking import questions
from benchmarks.harness.conditions import told
from benchmarks.harness.ground import District, Ground, opened
from benchmarks.harness.load import check_tool
from benchmarks.harness.processes import Cores, parent_of, pin
from benchmarks.harness.profiling import Profile
from benchmarks.harness.rounds import Bench, Cell, Pace, Track
from benchmarks.harness.servers import all_running, chosen, write_questions
from benchmarks.operations import ALL

HERE: Final = Path(__file__).parent
_IN_MANY: Final = ("inbox", "case", "catalog")
_IN_BIG: Final = ("inbox", "case", "desk")
_BIG_FOR: Final = ("through", "bare", "postgraphile")
_NOT_IN_MANY: Final = ("strawberry", "ariadne")  # nothing of theirs depends on the number of districts
_QUICK: Final = ("inbox", "case", "catalog", "through", "bare", "open", "postgraphile", "strawberry")
_PROFILED: Final = "through"
_STARTED: Final = time.monotonic()


def say(text: str) -> None:
    """Progress, with the seconds since the start."""
    print(f"[{time.monotonic() - _STARTED:6.1f}] {text}", flush=True)


def arguments() -> argparse.Namespace:
    """What was asked for."""
    asked = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    asked.add_argument("--var", type=Path, required=True, help="folder that benchmarks.data has filled")
    asked.add_argument("--only", nargs="+", default=[], help="operations and contestants, by name")
    asked.add_argument("--rounds", type=int, help="how often everybody takes a turn (3; quick: 2)")
    asked.add_argument("--seconds", type=float, help="length of a turn (3; quick: 1), whole seconds")
    asked.add_argument("--quick", action="store_true", help="a look in less than five minutes")
    asked.add_argument("--without-extras", action="store_true", help="only the contestants")
    asked.add_argument(
        "--fleet", type=int, default=0, help="districts for the memory of a worker (200; quick: 50)"
    )
    asked.add_argument("--out", type=Path, default=HERE, help="where RESULTS.md and its chart go")
    return asked.parse_args()


def pace_of(given: argparse.Namespace) -> Pace:
    """How often and for how long."""
    rounds, seconds = (2, 1.0) if given.quick else (3, 3.0)
    return Pace(given.rounds or rounds, given.seconds or seconds, 1.0)


def tracks_of(ground: Ground, operations: list[str]) -> list[Track]:
    """One usual district, then fifty of them, then the large one."""
    asked: list[tuple[str, str, tuple[District, ...]]] = [(name, "1", (ground.one,)) for name in operations]
    if len(ground.many) > 1:
        scope = str(len(ground.many))
        asked += [(name, scope, ground.many) for name in operations if name in _IN_MANY]
    if ground.big is not None:
        asked += [(name, "big", (ground.big,)) for name in operations if name in _IN_BIG]
    return [
        Track(name, scope, asyncio.run(questions(ground, ALL[name], districts)))
        for name, scope, districts in asked
    ]


def measure(
    ground: Ground,
    given: argparse.Namespace,
    contestants: list[Contestant],
    operations: list[str],
    scratch: Path,
) -> tuple[list[Cell], dict[str, Profile]]:
    """All cells, and where this API's time goes."""
    cores, before = Cores.shared_out(), frozenset(os.sched_getaffinity(0))
    postmaster = asyncio.run(_postmaster(ground))
    pin(postmaster, cores.rest)
    os.sched_setaffinity(0, cores.rest)  # the checks run beside the load generator
    pace = pace_of(given)
    say("drawing questions, and their answers from the tables")
    tracks = tracks_of(ground, operations)
    asked = scratch / "questions.json"
    write_questions(asked, [each for track in tracks for each in track.questions])
    servers = [SERVERS[name] for name in dict.fromkeys(each.server for each in contestants)]
    say(f"starting {', '.join(each.name for each in servers)}")
    cells: list[Cell] = []
    profiles: dict[str, Profile] = {}
    with all_running(ground, servers, cores=cores, scratch=scratch, questions=asked) as processes:
        bench = Bench(processes, postmaster, cores, scratch, pace, say)
        for track in tracks:
            cells += bench.run(track, [each for each in contestants if _takes_part(each, track)])
            ours = next((each for each in contestants if each.name == _PROFILED), None)
            if ours and track.scope == "1" and track.operation in _IN_MANY and not given.quick:
                seen = bench.profile(track, ours)
                profiles |= {ALL[track.operation].title: seen} if seen else {}
    pin(postmaster, before)
    return cells, profiles


def _takes_part(contestant: Contestant, track: Track) -> bool:
    if contestant.peer and not ALL[track.operation].for_peers:
        return False
    if track.scope == "big":
        return contestant.name in _BIG_FOR
    return track.scope == "1" or contestant.name not in _NOT_IN_MANY


async def _postmaster(ground: Ground) -> int:
    connection = await ground.admin.connect()
    try:
        return parent_of(await connection.fetchval("SELECT pg_backend_pid()"))
    finally:
        await connection.close()


def main() -> int:
    """Measure and write. 1 where something cannot run, which is said."""
    given = arguments()
    try:
        check_tool()
        operations, contestants = chosen(given.only or (_QUICK if given.quick else ()))
    except (RuntimeError, ValueError) as problem:
        print(problem, file=sys.stderr)
        return 1
    absent = [text for each in contestants if (text := missing(SERVERS[each.server])) is not None]
    if absent:
        print("missing:", "; ".join(absent), file=sys.stderr)
        return 1
    scratch = given.var.absolute() / "bench-run"
    with opened(given.var) as ground:
        before = os.sched_getaffinity(0)
        cells, profiles = measure(ground, given, contestants, operations, scratch)
        os.sched_setaffinity(0, before)
        pace = pace_of(given)
        asyncio.run(casework.note(ground))
        stated = told(ground, given, rounds=pace.rounds, seconds=pace.seconds)
    # These open the database as they need it.
    more = [] if given.without_extras else extras.run(given, scratch, say)
    report.write(given.out, cells, more, profiles=profiles, conditions=stated, given=given)
    say(f"wrote {given.out / 'RESULTS.md'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
