"""The registry's copy of what a district decides in its own profile, and its being open.

The two lie on two sides of the wall, so no transaction holds both. The profile is changed first, with an
announcement in the outbox; the copy is made after the commit, at once by whoever made the change and again by the
outbox's relay, which also heals what a crash in between left undone. Making it twice does no harm: it takes the
registry's row, reads the profile then, and writes what it says now. So the last change always comes last.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from datetime import UTC, datetime
from typing import Any, Final

import structlog
from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import JSON

from bangban.features.calendar.service import BY_HAND, recompute_districts
from bangban.features.configuring.rules import MIRRORED
from bangban.features.districts.service import set_onboarding_state
from bangban.features.districts.tables import OnboardingState
from bangban.kernel.audit.platform import record_platform
from bangban.kernel.database.telling import tell
from bangban.kernel.levels import AreaLevel
from bangban.kernel.planner.planner import Ready
from bangban.kernel.planner.statement import finished
from bangban.kernel.tenancy.names import Names, Wall
from bangban.kernel.tenancy.tables import DistrictRow, DistrictStatus, ProfileRow
from bangban.kernel.tenancy.tenancy import Tenancy

_log = structlog.get_logger(__name__)

LIVE_SINCE: Final = "live_since"
"""Key in the profile's settings: when the district decided to go live, RFC 3339."""

_KEPT: Final = ("name", "brand", "circle_minutes", "timezone", "levels", "settings")
_PROFILE: Final = finished(
    select(
        func.json_build_object(
            *(part for name in _KEPT for part in (name, ProfileRow.__table__.c[name])), type_=JSON()
        )
    ).select_from(ProfileRow.__table__),
    {},
)


async def mirror(tenancy: Tenancy, slug: str, names: Collection[str]) -> None:
    """Copy these settings from the profile into the registry, and tell every process. Repeatable.

    A changed time zone moves legal days, so open cases are reckoned anew.
    """
    wanted = MIRRORED & frozenset(names)
    changed: list[str] = []
    async with tenancy.platform() as db:
        row = await db.get(DistrictRow, slug, with_for_update=True, populate_existing=True)
        said = None if row is None else await _profile(tenancy, slug)
        if row is None or said is None:
            return
        for name in sorted(wanted):
            value = _value(said, name)
            if value is not None and getattr(row, name) != value:
                changed.append(name)
                setattr(row, name, value)
        if changed:  # the second time round nothing is: nobody need read anything again
            await tell(db, tenancy.names.channel, slug=slug, kind="registry.changed")
    if changed:
        await _renew(tenancy, slug)
    if "timezone" in wanted:
        async for _ in recompute_districts(tenancy, [tenancy.registry.get(slug)], cause=BY_HAND):
            pass


async def open_district(tenancy: Tenancy, slug: str) -> bool:
    """Open a district that has decided to go live, and tell every process; whether it was this call.

    One that is open already, or was suspended since, is left as it is.
    """
    async with tenancy.platform() as db:
        row = await db.get(DistrictRow, slug, with_for_update=True, populate_existing=True)
        opens = row is not None and row.status is DistrictStatus.PROVISIONING
        said = await _profile(tenancy, slug) if opens else None
        opens = said is not None and LIVE_SINCE in said["settings"]
        if row is not None and opens:
            row.status = DistrictStatus.LIVE
            row.live_since = datetime.fromisoformat(said["settings"][LIVE_SINCE]) if said else None
            await set_onboarding_state(db, tenancy, slug, OnboardingState.LIVE)
            await record_platform(
                db,
                actor=f"district:{slug}",
                action="district:go-live",
                object=f"district:{slug}",
                now=datetime.now(UTC),
            )
            await tell(db, tenancy.names.channel, slug=slug, kind="registry.changed")
    if opens or tenancy.registry.get(slug).status is DistrictStatus.PROVISIONING:
        await _renew(tenancy, slug)
    return opens


async def try_now(work: Any, *, slug: str) -> None:
    """Await ``work``, which the outbox does again if it fails here: its failure is not the caller's."""
    try:
        await work
    except Exception as error:  # noqa: BLE001 - whatever it is, what was asked for is committed and will be copied
        _log.warning("registry not told yet", district=slug, problem=type(error).__name__)


async def _renew(tenancy: Tenancy, slug: str) -> None:
    await tenancy.registry.refresh(slug)
    tenancy.forget(slug)


async def _profile(tenancy: Tenancy, slug: str) -> dict[str, Any] | None:
    """What the profile says now, by a reading connection: this process may hold no second writing one."""
    sql = Ready(_PROFILE, ()).sql(Names.schema(slug))
    found = await tenancy.reader.district(slug, Wall.READ, sql, ())
    return None if found is None else json.loads(found)


def _value(said: dict[str, Any], name: str) -> Any:
    """A setting as the registry keeps it; None where the profile says nothing of it."""
    if name == "levels":
        return [AreaLevel(level) for level in said[name]]
    return said[name] if name in said else said["settings"].get(name)
