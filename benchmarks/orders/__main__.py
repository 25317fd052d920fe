"""``python -m benchmarks.orders``: builds, measures, writes the report and prints it."""

from __future__ import annotations

import argparse
from pathlib import Path

import uvloop
from benchmarks import orders
from benchmarks.orders.measuring import measure

from bangban.kernel.database.embedded import temporary_postgres
from bangban.kernel.database.engine import Endpoint


def table(found: dict[str, dict[int, float]]) -> str:
    """The numbers, each with its ratio to the smaller size of the same run."""
    lines = ["| what | size | ms | × |", "| --- | ---: | ---: | ---: |"]
    says = {
        "claims": "an order is claimed by so many at once",
        "offers": "a page of offers, so many orders open",
    }
    for name, sizes in found.items():
        least = sizes[min(sizes)]
        lines += [f"| {says[name]} | {size:,} | {ms:.1f} | {ms / least:.1f} |" for size, ms in sizes.items()]
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.orders", description=(orders.__doc__ or "").partition("\n")[0]
    )
    parser.add_argument("--rounds", type=int, default=12)
    parser.add_argument("--markdown", type=Path, default=Path(__file__).parent.with_suffix(".md"))
    given = parser.parse_args()
    with temporary_postgres(settings={"fsync": "off"}) as postgres:
        found = uvloop.run(measure(Endpoint.from_url(postgres.url), rounds=given.rounds))
    conditions = (orders.__doc__ or "").split("\n\n")[2].strip().replace("\n", " ")
    text = "\n\n".join(
        [
            "# Orders",
            "`python -m benchmarks.orders` writes this.",
            f"{conditions} {given.rounds} rounds; fsync is off, so the ratios count and not the milliseconds.",
            table(found),
        ]
    )
    given.markdown.write_text(text + "\n", encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
