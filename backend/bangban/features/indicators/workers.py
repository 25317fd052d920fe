"""Who helps, and what is given to people beside cases 队伍与人员 (DOMAIN C06, C11–C13, C16, C18, F01, G04)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, any_, func, select

from bangban.features.areas.tables import AreaRow
from bangban.features.cards.contact_graphql import stale_contact
from bangban.features.cards.problems import CardRevoked
from bangban.features.cards.tables import ServiceCardRow
from bangban.features.catalog.tables import DelegationRow
from bangban.features.indicators.refused import refused
from bangban.features.indicators.scope import Asked, count, share, told
from bangban.features.indicators.values import IndicatorKey as Key
from bangban.features.orders.skills_graphql import of_units, skill_covered, unit_area
from bangban.features.people.tables import AssignmentRow, StaffRow, TeamMemberRow, TeamRow, TrainingRow
from bangban.features.people.team_ends import not_over
from bangban.features.people.values import StaffSource
from bangban.features.proxy_use.tables import ProxyUseRow
from bangban.features.recognitions.tables import RecognitionRow
from bangban.features.recognitions.values import RecognitionKind
from bangban.kernel.access.roles import Role
from bangban.kernel.database.terms import runs_on
from bangban.kernel.levels import AreaLevel


def workers(asked: Asked) -> list[Select[Any]]:
    """Everything that is measured of people and what they leave behind."""
    return [
        _teams(asked),
        _towns(asked),
        _skills(asked),
        _contacts(asked),
        _cards(asked),
        _proxies(asked),
        _recognitions(asked),
        _coachings(asked),
        _sources(asked),
    ]


def _teams(asked: Asked) -> Select[Any]:
    team, member = TeamRow.__table__.alias("counted_team"), TeamMemberRow.__table__.alias("counted_member")
    people = member.c.staff_id.distinct()
    seen = (
        select(
            func.count(people).filter(member.c.full_time).label("FULL_TIME"),
            func.count(people).filter(~member.c.full_time).label("PART_TIME"),
        )
        .select_from(member.join(team, team.c.id == member.c.team_id))
        .where(runs_on(member.c, asked.period.until), asked.here(team.c.area_id))
        .subquery()
    )
    return told(
        asked,
        seen,
        *(count(Key.HEADCOUNT, seen.c[label], label=label) for label in ("FULL_TIME", "PART_TIME")),
    )


def _towns(asked: Asked) -> Select[Any]:
    town, team = AreaRow.__table__.alias("team_town"), TeamRow.__table__.alias("its_team")
    member = TeamMemberRow.__table__.alias("its_member")
    manned = (
        select(team.c.id)
        .select_from(team.join(member, member.c.team_id == team.c.id))
        .where(team.c.area_id == town.c.id, runs_on(member.c, asked.period.until))
        .correlate(town)
        .exists()
    )
    seen = (
        select(func.count().filter(manned).label("manned"), func.count().label("towns"))
        .where(town.c.level == AreaLevel.TOWN.value, town.c.retired_on.is_(None), asked.here(town.c.id))
        .subquery()
    )
    return told(asked, seen, share(Key.TOWNS_WITH_TEAM, seen.c.manned, seen.c.towns))


def _skills(asked: Asked) -> Select[Any]:
    given = DelegationRow.__table__.alias("taken_on")
    seen = (
        select(
            func.count().filter(skill_covered(given.c, asked.request)).label("covered"),
            func.count().label("taken_on"),
        )
        .where(*of_units(given.c, asked.today), asked.here(unit_area(given.c)))
        .subquery()
    )
    return told(asked, seen, share(Key.ITEMS_COVERED, seen.c.covered, seen.c.taken_on))


def _contacts(asked: Asked) -> Select[Any]:
    team = TeamRow.__table__.alias("listed_team")
    seen = (
        select(
            func.count().filter(stale_contact(asked.rows(team.c))).label("stale"),
            func.count().label("entries"),
        )
        .where(
            team.c.contact_checked_on.is_not(None), not_over(team.c, asked.today), asked.here(team.c.area_id)
        )
        .subquery()
    )
    return told(asked, seen, share(Key.STALE_CONTACTS, seen.c.stale, seen.c.entries))


def _cards(asked: Asked) -> Select[Any]:
    card = ServiceCardRow.__table__.alias("counted_card")
    seen = select(func.sum(card.c.scans).label("scans")).where(asked.here(card.c.area_id)).subquery()
    return told(
        asked,
        seen,
        count(Key.CARD_SCANS, seen.c.scans),
        count(Key.STALE_SCANS, refused(asked, CardRevoked.code, about="service-card:")),
    )


def _proxies(asked: Asked) -> Select[Any]:
    use = ProxyUseRow.__table__.alias("counted_use")
    seen = (
        select(func.count().filter(use.c.elderly).label("elderly"), func.count().label("uses"))
        .where(asked.within(use.c.at), asked.here(use.c.area_id))
        .subquery()
    )
    return told(asked, seen, share(Key.ELDERLY_HELPED, seen.c.elderly, seen.c.uses))


def _recognitions(asked: Asked) -> Select[Any]:
    given = RecognitionRow.__table__.alias("counted_recognition")
    seen = (
        select(
            *(func.count().filter(given.c.kind == kind.value).label(kind.value) for kind in RecognitionKind)
        )
        .where(asked.on(given.c.on_date), asked.here(given.c.area_id))
        .subquery()
    )
    return told(
        asked,
        seen,
        *(count(Key.RECOGNITIONS, seen.c[kind.value], label=kind.value) for kind in RecognitionKind),
    )


def _coachings(asked: Asked) -> Select[Any]:
    """A coaching has no place: it counts where one of those who coached was posted then."""
    coaching, post = TrainingRow.__table__.alias("coaching"), AssignmentRow.__table__.alias("coach_post")
    there = (
        select(post.c.id)
        .where(
            post.c.staff_id == any_(coaching.c.attendees),
            runs_on(post.c, coaching.c.held_on),
            asked.here(post.c.area_id),
        )
        .correlate(coaching)
        .exists()
    )
    seen = (
        select(func.sum(coaching.c.served).label("people"))
        .where(asked.on(coaching.c.held_on), coaching.c.served.is_not(None), there)
        .subquery()
    )
    return told(asked, seen, count(Key.PEOPLE_COACHED, seen.c.people))


def _sources(asked: Asked) -> Select[Any]:
    person, post = StaffRow.__table__.alias("counted_helper"), AssignmentRow.__table__.alias("helper_post")
    posted = (
        select(post.c.id)
        .where(
            post.c.staff_id == person.c.id,
            post.c.role.in_([Role.HELPER.value, Role.VOLUNTEER.value]),
            runs_on(post.c, asked.period.until),
            asked.here(post.c.area_id),
        )
        .correlate(person)
        .exists()
    )
    seen = (
        select(
            func.count().label("helpers"),
            *(
                func.count().filter(person.c.source == source.value).label(source.value)
                for source in StaffSource
            ),
        )
        .where(person.c.active, posted)
        .subquery()
    )
    return told(
        asked,
        seen,
        *(
            share(Key.HELPER_SOURCES, seen.c[source.value], seen.c.helpers, label=source.value)
            for source in StaffSource
        ),
    )
