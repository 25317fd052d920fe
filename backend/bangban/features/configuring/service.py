"""Changing a district's settings and levels, in the district's own profile.

The profile is where they are decided; the platform's registry keeps a copy of some (``mirroring``). What is to be
copied is announced in the same transaction, so a crash before the copy is made leaves an announcement behind, and
whoever works on the outbox next makes it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy import ColumnElement, func, literal, or_, select

from bangban.features.areas.latch import take_latch
from bangban.features.areas.service import LATCH as AREAS
from bangban.features.areas.tables import AreaRow
from bangban.features.catalog.service.publishing import LATCH as CATALOG
from bangban.features.catalog.tables import ServiceItemRow
from bangban.features.configuring.problems import NotSetUp
from bangban.features.configuring.references import check_references
from bangban.features.configuring.rules import (
    COLUMNS,
    MIRRORED,
    LevelUse,
    check_gone,
    check_levels,
    check_same_day,
    check_settings,
    merged,
)
from bangban.features.districts.own_rules import HASH
from bangban.features.people.service import LATCH as PEOPLE
from bangban.features.people.tables import AssignmentRow, TeamRow
from bangban.features.people.team_ends import not_over
from bangban.features.profiles.models_sections import SECTIONS
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.levels import AreaLevel
from bangban.kernel.tenancy.tables import ProfileRow
from bangban.kernel.tenancy.work import Work

CONFIGURED: Final = "district.configured"
"""The registry's copy is to be made; the reference names the settings, with commas between them."""

LEVEL_NAMES: Final = "level_names"


async def hold_profile(work: Work) -> ProfileRow:
    """The district's profile, which nobody else changes until this transaction ends. Casework goes on.

    Raises ``NotSetUp``.
    """
    held = select(ProfileRow).with_for_update(key_share=True).execution_options(populate_existing=True)
    profile = await work.db.scalar(held)
    if profile is None:
        raise NotSetUp
    return profile


async def configure_district(work: Work, changes: Mapping[str, Any]) -> frozenset[str]:
    """Change settings: what is absent stays as it is. The names of those that really changed.

    Raises ``Forbidden``, ``SettingsFaulty`` with every fault, ``NotSetUp``, ``DayWouldJump``.
    """
    work.grants.require(Permission.DISTRICT_CONFIGURE)
    wished = check_settings(changes)
    await check_references(work, wished)
    profile = await hold_profile(work)
    if "timezone" in wished:
        check_same_day(wished["timezone"], now=work.now, before=profile.timezone)
    wished |= {key: merged(profile.settings.get(key), wished[key]) for key in SECTIONS if key in wished}
    return await _change(work, profile, wished)


async def set_levels(
    work: Work, *, levels: Sequence[AreaLevel], names: Mapping[AreaLevel, Any] | None = None
) -> frozenset[str]:
    """Which levels the district uses, and what they are called there; names of None stay as they are.

    Raises ``Forbidden``, ``SettingsFaulty``, ``LevelInUse`` where something stands on a level that would go.
    """
    work.grants.require(Permission.DISTRICT_CONFIGURE)
    wished = check_levels(levels, names)
    for latch in (AREAS, CATALOG, PEOPLE):  # whoever puts something on a level comes before this, or after
        await take_latch(work, latch)
    profile = await hold_profile(work)
    gone = frozenset(profile.levels) - frozenset(levels)
    if gone:
        check_gone(await level_uses(work, gone), gone)
    changes: dict[str, Any] = {"levels": wished["levels"]}
    if names is not None:
        changes[LEVEL_NAMES] = {
            level.value: wished["names"][level.value] for level in AreaLevel if level in wished["names"]
        }
    return await _change(work, profile, changes)


async def level_uses(work: Work, levels: frozenset[AreaLevel]) -> list[LevelUse]:
    """What stands on each of the levels."""
    return [await _use(work, level) for level in AreaLevel if level in levels]


async def _use(work: Work, level: AreaLevel) -> LevelUse:
    here = AreaRow.level == level
    ends_later = or_(AssignmentRow.until.is_(None), AssignmentRow.until >= work.today)
    not_ended = or_(ServiceItemRow.effective_to.is_(None), ServiceItemRow.effective_to > work.today)
    dealt_with: ColumnElement[bool] = or_(
        literal(level.value) == func.any(ServiceItemRow.handled_at),
        literal(level.value) == func.any(ServiceItemRow.pre_checked_at),
    )
    counts = select(
        select(func.count()).select_from(AreaRow).where(here, AreaRow.retired_on.is_(None)).scalar_subquery(),
        select(func.count())
        .select_from(AssignmentRow)
        .join(AreaRow, AreaRow.id == AssignmentRow.area_id)
        .where(here, ends_later)
        .scalar_subquery(),
        select(func.count())
        .select_from(TeamRow)
        .join(AreaRow, AreaRow.id == TeamRow.area_id)
        .where(here, not_over(TeamRow, work.today))
        .scalar_subquery(),
        select(func.count()).select_from(ServiceItemRow).where(not_ended, dealt_with).scalar_subquery(),
    )
    areas, posts, teams, items = (await work.db.execute(counts)).one()
    return LevelUse(level=level, areas=areas, posts=posts, teams=teams, items=items)


async def _change(work: Work, profile: ProfileRow, wished: Mapping[str, Any]) -> frozenset[str]:
    stored = {
        name: getattr(profile, name) if name in COLUMNS else profile.settings.get(name) for name in wished
    }
    if "levels" in stored:
        stored["levels"] = [level.value for level in profile.levels]
    changed = frozenset(name for name in wished if wished[name] != stored[name])
    if not changed:
        return changed
    settings = dict(profile.settings)
    settings.pop(HASH, None)  # the district is no longer as the profile that it was made from says
    for name in changed:
        if name == "levels":
            profile.levels = [AreaLevel(level) for level in wished[name]]
        elif name in COLUMNS:
            setattr(profile, name, wished[name])
        else:
            settings[name] = wished[name]
    profile.settings = settings
    await work.db.flush()
    work.record(
        action=Permission.DISTRICT_CONFIGURE,
        object=f"district:{work.district.slug}",
        details={"changed": sorted(changed)},
    )
    copied = sorted(changed & MIRRORED)
    if copied:
        work.announce(CONFIGURED, ",".join(copied))
    if changed - MIRRORED:
        work.announce("registry.changed", "")
    return changed
