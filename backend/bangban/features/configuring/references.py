"""What settings name must be there: items by their codes, teams without a last day by their keys."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import or_, select

from bangban.features.catalog.tables import ServiceItemRow
from bangban.features.configuring.problems import SettingsFaulty
from bangban.features.people.tables import TeamRow
from bangban.features.profiles.settings import SettingFault
from bangban.kernel.tenancy.work import Work

Path = tuple[str | int, ...]


async def check_references(work: Work, wished: Mapping[str, Any]) -> None:
    """See that all items and teams that are named are the district's. Raises ``SettingsFaulty`` with every fault."""
    codes, teams = list(_codes(wished)), list(_teams(wished))
    item = ServiceItemRow
    there = select(item.code).where(
        item.code.in_([code for code, _ in codes]),
        or_(item.effective_to.is_(None), item.effective_to > work.today),
    )
    known = set(await work.db.scalars(there)) if codes else set()
    # Held, so that none of them is given a last day meanwhile.
    named = select(TeamRow.key, TeamRow.until).where(TeamRow.key.in_([key for key, _ in teams]))
    held = await work.db.execute(named.with_for_update(read=True)) if teams else ()
    seated = {row.key: row.until for row in held}
    faults = [
        *(
            SettingFault(path, f"没有事项“{code}”。", f"There is no item {code!r}.")
            for code, path in codes
            if code not in known
        ),
        *(
            SettingFault(path, f"没有队伍“{key}”。", f"There is no team {key!r}.")
            for key, path in teams
            if key not in seated
        ),
        *(
            SettingFault(
                path,
                f"队伍“{key}”的最后一天是 {seated[key]}。",
                f"The last day of the team {key!r} is {seated[key]}.",
            )
            for key, path in teams
            if seated.get(key) is not None
        ),
    ]
    if faults:
        raise SettingsFaulty(faults)


def _codes(wished: Mapping[str, Any]) -> Iterator[tuple[str, Path]]:
    for index, code in enumerate((wished.get("orders") or {}).get("required_training") or ()):
        yield code, ("orders", "required_training", index)
    for place, (code, following) in enumerate(
        ((wished.get("assistance") or {}).get("next_steps") or {}).items()
    ):
        yield code, ("assistance", "next_steps", place, "service_code")
        for index, each in enumerate(following):
            yield each, ("assistance", "next_steps", place, "next", index)


def _teams(wished: Mapping[str, Any]) -> Iterator[tuple[str, Path]]:
    team = ((wished.get("hall") or {}).get("batch") or {}).get("team")
    if team is not None:
        yield team, ("hall", "batch", "team")
