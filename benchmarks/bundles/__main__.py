"""``python -m benchmarks.bundles``: serves, measures, writes ``bundles.md`` and prints it."""

from __future__ import annotations

import argparse
import asyncio
import os
import platform
import tempfile
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import Final

from benchmarks import bundles
from benchmarks.bundles.measuring import COMMUNITY, DISTRICT, Helper, Round, round_of
from benchmarks.harness.processes import serving
from benchmarks.lifecycles.ground import BUDGETS_OFF, ROOT, installed, staffed

from bangban.settings import Settings

WARM_UP: Final = 4  # rounds that do not count
_SAID: Final = {"apply": "applying", "read": "reading"}


async def measure(chosen: Settings, *, rounds: int) -> list[Round]:
    """Every round that counts, on a server of its own over the database of ``chosen``."""
    areas = await staffed(chosen, DISTRICT)
    environment = {
        "BANGBAN_VAR": str(chosen.var),
        "BANGBAN_TENANTS": str(chosen.tenants),
        "BANGBAN_DATABASE_URL": str(chosen.database_url),
        **BUDGETS_OFF,
    }
    cores = frozenset(os.sched_getaffinity(0))
    with serving(environment, cores=cores, log=chosen.var / "server.log", folder=ROOT) as (_, port):
        helper = await Helper.signed_in(port, areas[COMMUNITY])
        try:
            found = [await round_of(helper, n) for n in range(WARM_UP + rounds)]
        finally:
            helper.close()
    return found[WARM_UP:]


def report(found: Sequence[Round]) -> str:
    """What was measured, in Markdown."""
    said = (bundles.__doc__ or "").split("\n\n")[2].strip().replace("\n", " ")
    lines = [
        "| | one, ms | four, ms | four : one | quarter to quarter |",
        "| --- | ---: | ---: | ---: | ---: |",
    ]
    for key, name in _SAID.items():
        pairs = [each[key] for each in found]
        ratios = sorted(four / one for one, four in pairs)
        quarter = len(ratios) // 4
        one, four = (median(times) * 1000 for times in zip(*pairs, strict=True))
        lines.append(
            f"| {name} | {one:.1f} | {four:.1f} | {median(ratios):.2f} "
            f"| {ratios[quarter]:.2f} – {ratios[-1 - quarter]:.2f} |"
        )
    conditions = f"{len(found)} rounds. Python {platform.python_version()}, {os.cpu_count()} cores."
    parts = ["# Several matters at once", "`python -m benchmarks.bundles` writes this.", said]
    return "\n\n".join([*parts, "\n".join(lines), conditions]) + "\n"


def main() -> None:
    """Measure, print, keep."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.bundles", description=(bundles.__doc__ or "").partition("\n")[0]
    )
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--markdown", type=Path, default=Path(__file__).parent.with_suffix(".md"))
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bangban-bundles-") as folder:
        var = Path(folder)
        var.chmod(0o711)  # the embedded server runs under an id of its own
        with installed(var) as chosen:
            found = asyncio.run(measure(chosen, rounds=given.rounds))
    text = report(found)
    given.markdown.write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
