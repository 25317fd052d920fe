"""``python -m benchmarks.entering``: builds, measures, writes the report and prints it."""

from __future__ import annotations

import argparse
from pathlib import Path

import uvloop
from benchmarks import entering
from benchmarks.entering.measuring import measure
from benchmarks.entering.report import report

from bangban.kernel.database.embedded import temporary_postgres
from bangban.kernel.database.engine import Endpoint


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.entering", description=(entering.__doc__ or "").partition("\n")[0]
    )
    parser.add_argument("--seconds", type=float, default=0.25)
    parser.add_argument("--rounds", type=int, default=12)
    parser.add_argument("--markdown", type=Path, default=Path(__file__).parent.with_suffix(".md"))
    given = parser.parse_args()
    with temporary_postgres(settings={"fsync": "off", "max_connections": "150"}) as postgres:
        admin = Endpoint.from_url(postgres.url)
        results, server, _ = uvloop.run(measure(admin, rounds=given.rounds, seconds=given.seconds))
    text = report(results, server, rounds=given.rounds, seconds=given.seconds)
    given.markdown.write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
