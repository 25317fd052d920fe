"""``python -m benchmarks.hall``: measures on a server of its own, writes ``hall.md`` and prints it."""

from __future__ import annotations

import argparse
from pathlib import Path
from statistics import median

import uvloop
from benchmarks import hall
from benchmarks.hall.measuring import WINDOWS, opened

import bangban.features.all_tables  # noqa: F401 - the metadata must be whole before a schema is made
from bangban.kernel.database.embedded import temporary_postgres
from bangban.kernel.database.engine import Endpoint
from bangban.kernel.levels import AreaLevel
from bangban.kernel.tenancy.installation import Installation, NewDistrict
from bangban.kernel.tenancy.tables import DistrictStatus
from bangban.kernel.tenancy.tenancy import Tenancy
from bangban.kernel.vault.keyring import KeyRing, MasterKey

ISSUERS = 50


async def measure(admin: Endpoint, *, tickets: int, rounds: int) -> dict[str, list[float]]:
    """How many times the rate of one issuer fifty have, and of one window twenty, in each round."""
    ring = KeyRing(MasterKey.fresh())
    installation = await Installation.prepare(admin, ring)
    made = NewDistrict(
        slug="bench-hall", name="样本区", brand="帮办", division_code=None, levels=[AreaLevel.COUNTY]
    )
    await installation.create_district(made)
    await installation.set_status(made.slug, DistrictStatus.LIVE)
    tenancy = await Tenancy.open(installation.application, names=installation.names, ring=ring)
    found: dict[str, list[float]] = {"issue": [], "call": []}
    try:
        place = await opened(tenancy, tenancy.registry.get(made.slug))
        for _ in range(rounds):
            one = await place.issue(await place.visits(tickets), issuers=1)
            many = await place.issue(await place.visits(tickets), issuers=ISSUERS)
            found["issue"].append(one / many)
            one = await place.call(tickets, windows=1)
            many = await place.call(tickets, windows=WINDOWS)
            found["call"].append(one / many)
    finally:
        await tenancy.close()
    return found


def report(found: dict[str, list[float]], *, tickets: int, rounds: int) -> str:
    """The page."""
    names = {
        "issue": f"{ISSUERS} issuers of one queue, against one",
        "call": f"{WINDOWS} windows that call, serve and finish, against one",
    }
    rows = "\n".join(
        f"| {names[key]} | {median(each):.2f} | {min(each):.2f}–{max(each):.2f} |"
        for key, each in found.items()
    )
    return (
        "# Numbers in a hall 取号与叫号\n\n"
        f"{(hall.__doc__ or '').strip()}\n\n"
        f"Each act is a transaction through the use case that the API calls:"
        f" {tickets} tickets a turn, {rounds} rounds.\n"
        "What is compared is the rate within a round. Issuers of one queue take turns at the row that counts its\n"
        "numbers, so more of them cannot be much faster; they must not be slower, and no number is given twice or\n"
        "left out (`tests/integration/features/hall`).\n\n"
        "| | times as fast, median | from – to |\n| --- | --- | --- |\n"
        f"{rows}\n"
    )


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.hall", description=hall.__doc__)
    parser.add_argument("--tickets", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--markdown", type=Path, default=Path(__file__).parent.with_suffix(".md"))
    given = parser.parse_args()
    with temporary_postgres(settings={"fsync": "off", "max_connections": "150"}) as postgres:
        admin = Endpoint.from_url(postgres.url)
        found = uvloop.run(measure(admin, tickets=given.tickets, rounds=given.rounds))
    text = report(found, tickets=given.tickets, rounds=given.rounds)
    given.markdown.write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
