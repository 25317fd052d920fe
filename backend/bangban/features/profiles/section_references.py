"""What the sections of ``district.yaml`` name: items by their codes, teams by their keys, levels.

Mostly warned about and no more: an item that was withdrawn since may still be named by settings that an export gives.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import date

from bangban.features.profiles.documents import Document, Loc
from bangban.features.profiles.faults import FaultList
from bangban.features.profiles.models_sections import Sections
from bangban.kernel.levels import AreaLevel


def check_sections(
    file: Sections,
    *,
    items: Collection[str],
    teams: Mapping[str, date | None],
    levels: Collection[AreaLevel],
    document: Document,
    faults: FaultList,
) -> None:
    """Warn of every item and team that the district has not, and of levels that it does not use, at its line.

    ``teams`` are the keys of its teams with their last days; one that has a last day cannot be named.
    """
    for code, loc in _codes(file):
        if code not in items:
            faults.warning(
                document.path, document.line(loc), f"没有事项“{code}”。", f"There is no item {code!r}."
            )
    team = None if file.hall is None else file.hall.batch.team
    line = document.line(("hall", "batch", "team"))
    if team is not None and (last := teams.get(team)) is not None:
        faults.error(
            document.path,
            line,
            f"队伍“{team}”的最后一天是 {last}。",
            f"The last day of the team {team!r} is {last}.",
        )
    elif team is not None and team not in teams:
        faults.warning(document.path, line, f"没有队伍“{team}”。", f"There is no team {team!r}.")
    for kind, each in enumerate((file.orders and file.orders.kinds) or ()):
        for index, level in enumerate(each.falls_to or ()):
            if level not in levels:
                faults.warning(
                    document.path,
                    document.line(("orders", "kinds", kind, "falls_to", index)),
                    f"本地区未使用层级 {level}。",
                    f"The level {level} is not used in this district.",
                )


def _codes(file: Sections) -> Iterator[tuple[str, Loc]]:
    for index, code in enumerate(file.orders.required_training if file.orders else ()):
        yield code, ("orders", "required_training", index)
    for code, following in (file.assistance.next_steps if file.assistance else {}).items():
        yield code, ("assistance", "next_steps", code)
        for index, each in enumerate(following):
            yield each, ("assistance", "next_steps", code, index)
