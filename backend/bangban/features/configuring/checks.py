"""The checks before a district goes live, as one SQL statement.

What counts as covered (DOMAIN G01–G03): there are no service points of their own yet, so a **station** is people.
A village is covered where a helper, guide or window clerk is posted at the village or at its town, or where a team
with members has its seat at one of the two: that is 1 centre and a station for each village (G02), and a county
with town windows only passes as well. Somebody posted at the county alone covers no village. A grid is covered by
a helper posted at the grid itself ("every grid has an agent", G02); micro-grids may stay without (G03). Posts count
for people in service, from their first to their last day.

An item is handled where somebody holds a post that the district's own policy allows to accept and to complete, at
one of the levels where the item is handled: the same that casework asks of whoever acts.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from sqlalchemy import (
    CTE,
    ColumnElement,
    Select,
    Text,
    case,
    cast,
    exists,
    func,
    literal,
    literal_column,
    not_,
    or_,
    select,
    union,
    union_all,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, aggregate_order_by

from bangban.features.areas.tables import AreaRow
from bangban.features.catalog.tables import ServiceItemRow
from bangban.features.configuring.wording import WORDINGS
from bangban.features.people.tables import AssignmentRow, StaffRow, TeamMemberRow, TeamRow
from bangban.kernel.access.roles import Role
from bangban.kernel.database.terms import runs_on
from bangban.kernel.levels import AreaLevel
from bangban.kernel.tenancy.tables import ProfileRow

STATION_ROLES: Final = (Role.HELPER, Role.GUIDE, Role.WINDOW_CLERK)
MOST_FINDINGS: Final = 10
Wrong: TypeAlias = Select[Any] | Select[str, str]


@dataclass(frozen=True, kw_only=True, slots=True)
class CheckFacts:
    """What the statement is told: the day, the posts ``role LEVEL`` that may handle, and the working days that
    the published calendar still has after today."""

    today: ColumnElement[Any]
    handling: ColumnElement[Any]
    days_left: ColumnElement[Any]


def checks(facts: CheckFacts) -> Select[Any]:
    """One row for each check: ``place``, and ``value`` as ``ReadinessCheck`` shows it."""
    made = _Checks(facts)
    found = [
        select(
            literal(place).label("place"),
            literal(code, Text()).label("code"),
            _count(wrong).label("count"),
            _first(wrong).label("findings"),
        )
        for place, (code, wrong) in enumerate(made.all(), start=1)
    ]
    every = union_all(*found).subquery("every_check")
    c = every.c
    return select(_document(c).label("value"), c.place).select_from(every)


def _document(c: Any) -> ColumnElement[Any]:
    passed = c["count"] == 0
    said: dict[str, ColumnElement[Any]] = {}
    for language in ("zh", "en"):
        sentences = [
            (
                c.code == code,
                case(
                    (passed, literal(getattr(each, f"passed_{language}"), Text())),
                    else_=literal(getattr(each, f"failed_{language}"), Text()),
                ),
            )
            for code, each in WORDINGS.items()
        ]
        said[language] = func.replace(case(*sentences), "{n}", cast(c["count"], Text()))
    required = [code for code, each in WORDINGS.items() if each.required]
    return func.jsonb_build_object(
        *("code", c.code, "passed", passed, "required", c.code.in_(required)),
        *("zh", said["zh"], "en", said["en"], "count", c["count"], "findings", c.findings),
        type_=JSONB(),
    )


def _count(wrong: CTE) -> ColumnElement[Any]:
    return select(func.count()).select_from(wrong).scalar_subquery()


def _first(wrong: CTE) -> ColumnElement[Any]:
    few = select(wrong).order_by(wrong.c.reference).limit(MOST_FINDINGS).subquery()
    finding = func.jsonb_build_object("reference", few.c.reference, "name", few.c.name)
    listed = func.jsonb_agg(aggregate_order_by(finding, few.c.reference), type_=JSONB())
    return func.coalesce(select(listed).scalar_subquery(), literal_column("'[]'::jsonb", JSONB()))


class _Checks:
    """What is wrong, for each check: rows of ``reference`` and ``name``; none where the check passes."""

    def __init__(self, facts: CheckFacts) -> None:
        self.facts = facts
        profile = ProfileRow.__table__.alias("own_profile")
        self.profile = profile
        area, staff, held = (row.__table__ for row in (AreaRow, StaffRow, AssignmentRow))
        self.area = area
        in_use = area.c.retired_on.is_(None)
        self.posts = (
            select(held.c.role, area.c.id.label("area_id"), area.c.level, staff.c.login)
            .select_from(
                held.join(area, area.c.id == held.c.area_id).join(staff, staff.c.id == held.c.staff_id)
            )
            .where(in_use, staff.c.active, runs_on(held.c, facts.today))
            .cte()
        )
        self.used = select(func.unnest(profile.c.levels).label("level")).select_from(profile).cte()
        level_used = area.c.level.in_(select(self.used.c.level))
        self.areas = (
            select(area.c.id, area.c.parent_id, area.c.level, area.c.name).where(in_use, level_used).cte()
        )
        item = ServiceItemRow.__table__
        not_ended = or_(item.c.effective_to.is_(None), item.c.effective_to > facts.today)
        self.items = (
            select(
                *(item.c[name] for name in ("code", "name", "handled_at", "pre_checked_at")),
                item.c.promised_working_days,
            )
            .where(not_ended)
            .cte()
        )

    def all(self) -> Iterator[tuple[str, CTE]]:
        """Every check's code and what is wrong, in the order in which they are shown."""
        wrong = {
            "admin": self._nobody("role:admin", self._signs_in(Role.ADMIN, AreaLevel.COUNTY)),
            "auditor": self._nobody("role:auditor", self._signs_in(Role.AUDITOR)),
            "contact": self._unset("contact_phone"),
            "modes": self._unset("modes"),
            "levels": self._levels(),
            "catalog": self._nobody("catalog", exists(select(self.items.c.code))),
            "items-handled": self._items_not_handled(),
            "villages-covered": self._villages_not_covered(),
            "grids-covered": self._grids_not_covered(),
            "items-levels": self._items_elsewhere(),
            "calendar": self._beyond_calendar(),
            "origins": self._unset("allowed_origins"),
        }
        for code in WORDINGS:
            yield code, wrong[code].cte()

    # ------------------------------------------------------------------ people

    def _signs_in(self, role: Role, level: AreaLevel | None = None) -> ColumnElement[bool]:
        post = self.posts.c
        where = [post.role == role.value, post.login.is_not(None)]
        if level is not None:
            where.append(post.level == level.value)
        return exists(select(post.area_id).where(*where))

    def _villages_not_covered(self) -> Wrong:
        member, team, staff = TeamMemberRow.__table__, TeamRow.__table__, StaffRow.__table__
        seats = (
            select(team.c.area_id)
            .select_from(
                team.join(member, member.c.team_id == team.c.id).join(staff, staff.c.id == member.c.staff_id)
            )
            .where(team.c.area_id.is_not(None), staff.c.active, runs_on(member.c, self.facts.today))
        )
        posted = select(self.posts.c.area_id).where(
            self.posts.c.role.in_([role.value for role in STATION_ROLES])
        )
        stations = union(posted, seats).cte()
        village = self.areas.c
        covered = or_(
            village.id.in_(select(stations.c.area_id)), village.parent_id.in_(select(stations.c.area_id))
        )
        return self._areas_at(AreaLevel.VILLAGE, not_(covered))

    def _grids_not_covered(self) -> Wrong:
        agents = select(self.posts.c.area_id).where(self.posts.c.role == Role.HELPER.value)
        return self._areas_at(AreaLevel.GRID, self.areas.c.id.not_in(agents))

    # ------------------------------------------------------------------ items

    def _items_not_handled(self) -> Wrong:
        post = self.posts.c
        may = func.concat(post.role, " ", post.level, type_=Text()) == func.any(self.facts.handling)
        levels = select(post.level).where(may).distinct().cte()
        handled = exists(select(levels.c.level).where(levels.c.level == func.any(self.items.c.handled_at)))
        return self._items_where(not_(handled))

    def _items_elsewhere(self) -> Wrong:
        levels = cast(self.items.c.handled_at.op("||")(self.items.c.pre_checked_at), ARRAY(Text()))
        used = select(func.array_agg(cast(self.used.c.level, Text()))).scalar_subquery()
        return self._items_where(not_(levels.op("<@", is_comparison=True)(used)))

    def _beyond_calendar(self) -> Wrong:
        return self._items_where(self.items.c.promised_working_days > self.facts.days_left)

    # ------------------------------------------------------------------ settings and areas

    def _unset(self, name: str) -> Wrong:
        value = self.profile.c.settings[name]
        empty = or_(value.is_(None), value.in_([literal_column(each, JSONB()) for each in _EMPTY]))
        set_ = exists(select(self.profile.c.one).where(not_(func.coalesce(empty, True))))
        return self._nobody(f"setting:{name}", set_)

    def _levels(self) -> Wrong:
        level = self.used.c.level
        bare = level.not_in(select(self.areas.c.level))
        reference = func.concat("level:", level, type_=Text())
        found: Wrong = select(reference.label("reference"), level.label("name")).where(bare)
        return found

    # ------------------------------------------------------------------ the shapes of findings

    def _nobody(self, reference: str, there: ColumnElement[bool]) -> Wrong:
        name = literal(reference, Text())
        return select(name.label("reference"), name.label("name")).where(not_(there))

    def _areas_at(self, level: AreaLevel, *where: ColumnElement[bool]) -> Wrong:
        area = self.areas.c
        reference = func.concat("area:", area.id, type_=Text())
        return select(reference.label("reference"), area.name).where(area.level == level.value, *where)

    def _items_where(self, *where: ColumnElement[bool]) -> Wrong:
        item = self.items.c
        reference = func.concat("service:", item.code, type_=Text())
        return select(reference.label("reference"), item.name).where(*where)


_EMPTY: Final = ("'null'::jsonb", "'[]'::jsonb", "'\"\"'::jsonb")
