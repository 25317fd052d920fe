"""``python -m benchmarks.places``: fills, measures, writes the page and prints it."""

from __future__ import annotations

import argparse
import asyncio
import os
import platform
from pathlib import Path

from benchmarks import places
from benchmarks.places.measuring import WANTED, Found, measure

from bangban.kernel.database.embedded import temporary_postgres
from bangban.kernel.database.engine import Endpoint


def report(found: list[Found], *, count: int) -> str:
    """What was measured, in Markdown."""
    said = (places.__doc__ or "").split("\n\n")[1].strip().replace("\n", " ")
    small, large = found
    lines = [
        "| points | the statement, µs | measuring every point, µs | as fast |",
        "| ---: | ---: | ---: | ---: |",
        *(
            f"| {each.size:,} | {each.nearest:,.0f} | {each.brute:,.0f} | {each.brute / each.nearest:.1f} × |"
            for each in found
        ),
    ]
    against = (
        f"{large.size:,} points against {small.size:,}: {large.nearest / small.nearest:.1f} × the time; "
        f"measuring every point takes {large.brute / small.brute:.1f} ×."
    )
    machine = f"Python {platform.python_version()}, {os.cpu_count()} cores."
    conditions = (
        f"Medians of {count} places, the {WANTED} nearest of each, the best of three tries. {machine}"
    )
    parts = ["# The nearest service points", "`python -m benchmarks.places` writes this.", said]
    return "\n\n".join([*parts, "\n".join(lines), against, conditions]) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.places", description=(places.__doc__ or "").partition("\n")[0]
    )
    parser.add_argument("--places", type=int, default=500)
    parser.add_argument("--markdown", type=Path, default=Path(__file__).parent.with_suffix(".md"))
    given = parser.parse_args()
    with temporary_postgres(settings={"fsync": "off"}) as postgres:
        found = asyncio.run(measure(Endpoint.from_url(postgres.url), places=given.places))
    text = report(found, count=given.places)
    given.markdown.write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
