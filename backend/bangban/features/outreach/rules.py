"""The rules of outreach: what may be planned, reported, cancelled, and wished for (DOMAIN G13). Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from bangban.features.catalog.values import Audience
from bangban.features.outreach.problems import (
    OutreachBegan,
    OutreachFaulty,
    OutreachIsCancelled,
    OutreachNotHeld,
    OutreachReported,
)
from bangban.features.outreach.values import OutreachKind
from bangban.features.profiles.values import CareNeed

LONGEST_PLACE: Final = 100
LONGEST_REASON: Final = 200
LONGEST_DAYS: Final = 31
MOST_CODES: Final = 50
MOST_THEMES: Final = 20
MOST_PEOPLE: Final = 1_000_000

Fault = tuple[str, str, str]  # the input's field, in Chinese, in English


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """An outreach as it is planned, both days included; ``codes`` are of items and bundles."""

    area_id: UUID
    kind: OutreachKind
    place: str
    starts_on: date
    ends_on: date
    codes: Sequence[str]
    audience: Audience | None = None
    care_needs: Sequence[CareNeed] = ()


def check_plan(plan: Plan, *, known: Collection[str], today: date) -> None:
    """``known`` are those of its codes that the catalog has. Raises ``OutreachFaulty`` with every fault."""
    _refuse(wrong_plan(plan, known=known, today=today))


def wrong_plan(plan: Plan, *, known: Collection[str], today: date) -> Iterator[Fault]:
    """What is wrong with a plan."""
    if not 0 < len(plan.place) <= LONGEST_PLACE:
        yield (
            "place",
            f"地点应有 1 至 {LONGEST_PLACE} 字。",
            f"The place has 1 to {LONGEST_PLACE} characters.",
        )
    if not 0 <= (plan.ends_on - plan.starts_on).days < LONGEST_DAYS:
        yield (
            "endsOn",
            f"起止日期应在 {LONGEST_DAYS} 天以内。",
            f"It lasts 1 to {LONGEST_DAYS} days.",
        )
    if plan.ends_on < today:
        yield "endsOn", "活动日期已过。", "It would be over already."
    if not 0 < len(plan.codes) <= MOST_CODES:
        yield (
            "codes",
            f"应列明 1 至 {MOST_CODES} 个事项或一件事。",
            f"It presents 1 to {MOST_CODES} items or bundles.",
        )
    for code in plan.codes:
        if code not in known:
            yield "codes", f"没有事项或一件事“{code}”。", f"There is no item or bundle {code}."


@dataclass(frozen=True, kw_only=True, slots=True)
class Held:
    """How far an outreach is: planned, and then reported or cancelled."""

    starts_on: date
    reported: bool = False
    cancelled: bool = False


def check_report(held: Held, *, reached: int, questions: int, today: date) -> None:
    """Whether an outreach can be reported today with these counts.

    Raises ``OutreachReported``, ``OutreachIsCancelled``, ``OutreachNotHeld``, ``OutreachFaulty``.
    """
    _check_open(held)
    if today < held.starts_on:
        raise OutreachNotHeld(on=held.starts_on, fields=("input.outreachId",))
    _refuse(
        (field, f"应为 0 至 {MOST_PEOPLE} 的数。", f"Give a number from 0 to {MOST_PEOPLE}.")
        for field, count in (("reached", reached), ("questions", questions))
        if not 0 <= count <= MOST_PEOPLE
    )


def check_cancelling(held: Held, *, reason: str, today: date) -> str:
    """The reason, without blanks around it, if an outreach can be cancelled today: until its first day is over.

    Raises ``OutreachReported``, ``OutreachIsCancelled``, ``OutreachBegan``, ``OutreachFaulty``.
    """
    _check_open(held)
    if today > held.starts_on:
        raise OutreachBegan(on=held.starts_on, fields=("input.outreachId",))
    said = reason.strip()
    if not 0 < len(said) <= LONGEST_REASON:
        _refuse(
            [
                (
                    "reason",
                    f"取消原因应有 1 至 {LONGEST_REASON} 字。",
                    f"The reason has 1 to {LONGEST_REASON} characters.",
                )
            ]
        )
    return said


def _check_open(held: Held) -> None:
    if held.reported:
        raise OutreachReported
    if held.cancelled:
        raise OutreachIsCancelled


def check_interests(themes: Sequence[str], *, known: Collection[str]) -> None:
    """``known`` are those of the themes that the catalog has. Raises ``OutreachFaulty`` with every fault."""
    wrong: list[Fault] = [
        ("themes", f"没有服务主题“{theme}”。", f"There is no theme {theme}.")
        for theme in themes
        if theme not in known
    ]
    if len(themes) > MOST_THEMES:
        wrong.append(("themes", f"主题不能超过 {MOST_THEMES} 个。", f"Choose at most {MOST_THEMES} themes."))
    _refuse(wrong)


def _refuse(faults: Iterator[Fault] | Sequence[Fault]) -> None:
    if found := tuple(faults):
        raise OutreachFaulty(found)
