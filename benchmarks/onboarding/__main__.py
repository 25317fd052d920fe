"""``python -m benchmarks.onboarding``: serves, joins a few times, writes the report and prints it."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import tempfile
from pathlib import Path

from benchmarks import onboarding
from benchmarks.data.server import running
from benchmarks.harness.processes import parent_of, serving
from benchmarks.onboarding.measuring import Run, joined
from benchmarks.onboarding.report import numbers, report
from benchmarks.subscriptions.ground import ROOT

from bangban.kernel.vault.key_file import make_file
from bangban.settings import Settings


async def measure(var: Path, runs: int) -> tuple[list[Run], str]:
    """So many districts, one after the other, and what PostgreSQL says of itself."""
    async with running(var, {}) as admin:
        settings = Settings(var=var, master_key=None, master_key_file=None)
        make_file(settings.key_file)
        connection = await admin.connect()
        postgres = parent_of(await connection.fetchval("SELECT pg_backend_pid()"))
        version = await connection.fetchval("SHOW server_version")
        await connection.close()
        environment = {
            "BANGBAN_VAR": str(var),
            "BANGBAN_TENANTS": str(ROOT / "tenants"),
            "BANGBAN_DATABASE_URL": f"postgresql://{admin.user}:{admin.password}@{admin.host}:{admin.port}/{admin.database}",
        }
        cores = frozenset(os.sched_getaffinity(0))
        with serving(environment, cores=cores, log=var / "server.log", folder=ROOT) as (api, port):
            found = [
                await joined(
                    f"joining-{number}",
                    number + 1,
                    port=port,
                    outbox=settings.outbox_folder,
                    api=api,
                    postgres=postgres,
                )
                for number in range(runs)
            ]
    return found, f"PostgreSQL {version}"


def main() -> None:
    """Measure, print, keep."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.onboarding", description=(onboarding.__doc__ or "").partition("\n")[0]
    )
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--markdown", type=Path, default=Path(__file__).parent.with_suffix(".md"))
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bangban-onboarding-") as folder:
        var = Path(folder)
        var.chmod(0o711)  # the embedded server runs under an id of its own
        runs, server = asyncio.run(measure(var, given.runs))
    text = report(runs, server)
    given.markdown.write_text(text, "utf-8")
    if given.json is not None:
        given.json.write_text(json.dumps(numbers(runs), indent=1) + "\n", "utf-8")
    print(text)


if __name__ == "__main__":
    main()
