"""Cases as the rules see them, for tests: one item, a few people, a calendar that is published."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from bangban.features.cases import rules
from bangban.features.cases.rules.facts import Actor, Authorisation, CaseFacts, Material, Occasion
from bangban.features.cases.rules.transition import Transition
from bangban.features.cases.values import AuthorisationScope, CaseState, HelpKind, MaterialState
from bangban.kernel.clock import WorkingCalendar, published_calendar

CALENDAR = WorkingCalendar(published_calendar())
SHANGHAI = ZoneInfo("Asia/Shanghai")
MONDAY = dt.date(2026, 6, 8)  # no holiday near

CLERK = Actor(id=UUID(int=1), staff_name="甲窗口")
HELPER = Actor(id=UUID(int=2), staff_name="乙帮办")
OTHER = Actor(id=UUID(int=3), staff_name="丙帮办")
SUPERVISOR = Actor(id=UUID(int=4), staff_name="丁督办")
APPLICANT = Actor(id=UUID(int=9))

FORM = Material(code="FORM", name="申请表", required=True, tolerable=False, state=MaterialState.MISSING)
LEASE = Material(code="LEASE", name="租赁合同", required=True, tolerable=True, state=MaterialState.MISSING)
PHOTO = Material(code="PHOTO", name="照片", required=True, tolerable=True, state=MaterialState.MISSING)
LETTER = Material(code="LETTER", name="推荐信", required=False, tolerable=False, state=MaterialState.MISSING)
SHARED = Material(code="SHARED", name="户籍信息", required=True, tolerable=False, state=MaterialState.EXEMPT)
ALL = (FORM, LEASE, PHOTO, LETTER, SHARED)
REQUIRED = ("FORM", "LEASE", "PHOTO")


def on(day: dt.date = MONDAY, hour: int = 10) -> Occasion:
    """An occasion on ``day``, local time."""
    at = dt.datetime(day.year, day.month, day.day, hour, tzinfo=SHANGHAI).astimezone(dt.UTC)
    return Occasion(at=at, today=day, calendar=CALENDAR)


def case(*, supplied: tuple[str, ...] = (), **changes: Any) -> CaseFacts:
    """A case just applied for, held by the helper."""
    facts = CaseFacts(
        state=CaseState.SUBMITTED,
        help=HelpKind.HELP,
        holder_id=HELPER.id,
        first_asked_id=HELPER.id,
        materials=tuple(
            replace(each, state=MaterialState.SUPPLIED) if each.code in supplied else each for each in ALL
        ),
        promised_days=10,
    )
    return replace(facts, **changes)


def ready(*, supplied: tuple[str, ...] = REQUIRED, **changes: Any) -> CaseFacts:
    """A case whose pre-check found enough."""
    return rules.pre_check(case(supplied=supplied, **changes), opinion=None, actor=CLERK).case


def accepted(day: dt.date = MONDAY, **changes: Any) -> CaseFacts:
    """A case accepted on ``day`` with all its materials."""
    return rules.accept(ready(**changes), actor=CLERK, occasion=on(day)).case


def tolerated(day: dt.date = MONDAY, *, promised_by: dt.date | None = None) -> CaseFacts:
    """A case accepted on ``day`` with two materials promised for three days later."""
    return rules.accept(
        ready(supplied=("FORM",)),
        tolerated=["LEASE", "PHOTO"],
        promised_by=promised_by or day + dt.timedelta(days=3),
        actor=CLERK,
        occasion=on(day),
    ).case


def noticed(**changes: Any) -> Transition:
    """A case with nothing supplied after its one notice."""
    return rules.give_notice(
        case(**changes),
        dict.fromkeys(REQUIRED, "未提交"),
        opinion=None,
        deadline=None,
        may_repeat=False,
        actor=CLERK,
        occasion=on(),
    )


def authorisation(*scope: AuthorisationScope, valid_until: dt.date = dt.date(2026, 12, 31)) -> Authorisation:
    """A power of attorney over ``scope``, by default everything."""
    return Authorisation(
        scope=frozenset(scope or AuthorisationScope), valid_until=valid_until, given_at=on().at
    )


def state_of(facts: CaseFacts, code: str) -> MaterialState:
    """The state of one material."""
    return next(each.state for each in facts.materials if each.code == code)
