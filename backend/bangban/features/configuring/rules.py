"""What a district may decide about itself. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from bangban.features.configuring.problems import DayWouldJump, LevelInUse, SettingsFaulty
from bangban.features.profiles.models_sections import SECTIONS
from bangban.features.profiles.settings import DistrictSettings, LevelSettings, settings_as_json
from bangban.kernel.clock.local_time import local_today
from bangban.kernel.levels import AreaLevel

COLUMNS: Final = frozenset({"name", "brand", "circle_minutes", "timezone", "levels"})
"""Settings with a column of their own in the district's profile; the others are members of its settings."""

MIRRORED: Final = COLUMNS | {"allowed_origins", "trusted_documents_only"}
"""What the platform's registry keeps a copy of, as routing and directory need it."""


def check_settings(changes: Mapping[str, Any]) -> dict[str, Any]:
    """The changes as they are stored. Raises ``SettingsFaulty`` with every fault.

    Of a section only what was given, with None for what goes back to what is usual: see ``merged``.
    """
    cleared = {
        key: [name for name, value in (changes[key] or {}).items() if value is None]
        for key in SECTIONS
        if key in changes
    }
    given = {
        key: value
        if key not in cleared
        else {name: each for name, each in (value or {}).items() if each is not None}
        for key, value in changes.items()
    }
    wished = _checked(DistrictSettings, given)
    for key, names in cleared.items():
        wished[key] = None if changes[key] is None else {**wished[key], **dict.fromkeys(names)}
    return wished


def merged(stored: Mapping[str, Any] | None, wished: Mapping[str, Any] | None) -> dict[str, Any]:
    """A section after a change to it: what was not named stays, what was cleared goes. None clears all of it."""
    if wished is None:
        return {}
    return {name: value for name, value in {**(stored or {}), **wished}.items() if value is not None}


def check_same_day(zone: str, *, now: datetime, before: str) -> None:
    """A time zone is changed while it is the same day in both. Raises ``DayWouldJump`` with when that is."""
    today, there = local_today(before, now), local_today(zone, now)
    if today == there:
        return
    quarter = timedelta(minutes=15)  # days begin on them, everywhere
    first = now.replace(minute=now.minute // 15 * 15, second=0, microsecond=0)
    moments = (first + quarter * count for count in range(1, 27 * 4))  # zones are 26 hours apart at the most
    at = next((each for each in moments if local_today(zone, each) == local_today(before, each)), None)
    raise DayWouldJump(
        today=today, there=there, zone=zone, at=None if at is None else at.astimezone(ZoneInfo(before))
    )


def check_levels(levels: Sequence[AreaLevel], names: Mapping[AreaLevel, Any] | None) -> dict[str, Any]:
    """Levels, and names for them where ``names`` is not None, as stored. Raises ``SettingsFaulty``.

    Levels go from the county down without a gap, as in an application to join.
    """
    given: dict[str, Any] = {"levels": list(levels)} | ({} if names is None else {"names": dict(names)})
    return _checked(LevelSettings, given)


def _checked(shape: type[DistrictSettings | LevelSettings], given: Mapping[str, Any]) -> dict[str, Any]:
    found = settings_as_json(shape, given)
    if isinstance(found, tuple):
        raise SettingsFaulty(found)
    return found


@dataclass(frozen=True, kw_only=True, slots=True)
class LevelUse:
    """What stands on one level: areas in use, posts held now or later, seats of teams, items not ended."""

    level: AreaLevel
    areas: int = 0
    posts: int = 0
    teams: int = 0
    items: int = 0


def check_gone(uses: Sequence[LevelUse], gone: frozenset[AreaLevel]) -> None:
    """Refuse to let a level go that something stands on. Raises ``LevelInUse`` with every reason."""
    reasons = [reason for use in uses if use.level in gone for reason in _reasons(use)]
    if reasons:
        raise LevelInUse(reasons)


def _reasons(use: LevelUse) -> Iterator[tuple[str, str]]:
    said = (
        (use.areas, "个区域在用,请先撤并", "areas are in use; retire or merge them first"),
        (use.posts, "个任职在此层级,请先结束", "posts are held at it; end them first"),
        (use.teams, "支队伍设在此层级,请先迁移", "teams are seated at it; seat them elsewhere first"),
        (
            use.items,
            "个事项在此层级办理或初审,请先修改",
            "service items are dealt with at it; change them first",
        ),
    )
    for count, zh, en in said:
        if count:
            yield f"{use.level} 层级有 {count} {zh}。", f"{use.level}: {count} {en}."
