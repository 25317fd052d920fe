"""The contact book 电子通讯录 (DOMAIN C12): what may stand there, and who keeps a team's entry.

An entry is of a team, not of a person: the role that answers, the office's phone, a WeChat code. People's own numbers
are refused, so that what is printed outlives whoever sits there today.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID

from bangban.features.cards.problems import ContactWrong, PrivatePhone, no_such_team
from bangban.features.people.tables import TeamRow
from bangban.features.people.team_problems import TeamEnded
from bangban.features.people.teams import hold_team
from bangban.features.people.values import ContactReminder
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.problems import InvalidInput
from bangban.kernel.tenancy.work import Work

SETTING: Final = "contacts"
"""Key in the profile's settings."""

USUAL_DAYS: Final = 31  # DOMAIN C12: refreshed monthly
USUAL_REMIND_DAYS: Final = 5  # own choice: a working week
LONGEST_ROLE: Final = 30
LONGEST_CODE: Final = 200
LONGEST_DAYS: Final = 366

_OFFICE: Final = re.compile(r"0\d{2,3}-?\d{7,8}(?:-\d{1,6})?|[48]00-?\d{3}-?\d{4}|1\d{4}|9\d{4,5}")
_MOBILE: Final = re.compile(r"(?<!\d)(?:\+?86)?[ -]?1[3-9]\d(?:[ -]?\d{4}){2}(?!\d)")


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """What a team's entry says; without ``role`` it is taken out of the book."""

    role: str | None
    phone: str | None = None
    wechat: str | None = None
    until: date | None = None


def contact_days(settings: Mapping[str, Any]) -> int:
    """Days after which an entry that nobody looked at is stale, as the district has it."""
    return _days(settings, "contact_days", USUAL_DAYS)


def remind_days(settings: Mapping[str, Any]) -> int:
    """Days before an entry's last day on which its lead is reminded, as the district has it."""
    return _days(settings, "remind_days", USUAL_REMIND_DAYS)


def _days(settings: Mapping[str, Any], name: str, usual: int) -> int:
    said: int | None = (settings.get(SETTING) or {}).get(name)
    return usual if said is None else said


def good_until(*, checked_on: date, until: date | None, days: int) -> date:
    """The last day on which an entry is not stale: its own, or when it is to be looked over, whichever is first."""
    looked_over = checked_on + timedelta(days=days)
    return looked_over if until is None else min(until, looked_over)


def reminder_due(
    last: date, *, reminded: ContactReminder | None, today: date, ahead: int
) -> ContactReminder | None:
    """What the lead is to be told today of an entry that is good until ``last``; None: nothing, or they know.

    Told once ``ahead`` days before that, and once when it is over; of two that are due, only the latter.
    """
    if today > last:
        return None if reminded is ContactReminder.STALE else ContactReminder.STALE
    return ContactReminder.ENDING if reminded is None and today >= last - timedelta(days=ahead) else None


def checked_entry(entry: Entry, *, today: date, days: int) -> Entry:
    """The entry without blanks around it, until ``days`` from today where no last day is given. Pure.

    Raises:
        PrivatePhone: A mobile number, wherever it stands.
        ContactWrong: No number of an office, or too long a text.
        InvalidInput: Neither phone nor code; or it is over already, or runs for more than a year.
    """
    role, phone, wechat = (_said(each) for each in (entry.role, entry.phone, entry.wechat))
    if role is None:
        return Entry(role=None)
    for name, text in (("role", role), ("phone", phone), ("wechat", wechat)):
        if text is not None and _MOBILE.search(text):
            raise PrivatePhone(fields=(f"input.{name}",))
    if len(role) > LONGEST_ROLE or (wechat is not None and len(wechat) > LONGEST_CODE):
        raise ContactWrong(fields=("input.role", "input.wechat"))
    if phone is not None and not _OFFICE.fullmatch(phone):
        raise ContactWrong(fields=("input.phone",))
    if phone is None and wechat is None:
        raise InvalidInput(
            "Give the office's phone or its WeChat code.",
            "请填写办公电话或微信二维码内容。",
            fields=("input.phone", "input.wechat"),
        )
    until = entry.until or today + timedelta(days=days)
    if not today <= until <= today + timedelta(days=LONGEST_DAYS):
        raise InvalidInput(
            "An entry lasts until today or a later day, a year at most.",
            "有效期应为今天或以后,且不超过一年。",
            fields=("input.until",),
        )
    return Entry(role=role, phone=phone, wechat=wechat, until=until)


async def publish_contact(work: Work, *, team_id: UUID, entry: Entry) -> UUID:
    """Put a team's entry into the book, look it over by saying it again, or take it out. Its lead may, and its area's.

    Raises:
        Forbidden: The caller may not keep any entry.
        NotFound: There is no such team, or not where the caller keeps entries.
        TeamEnded: The team is over, or by the last day that is given.
        And what ``checked_entry`` raises.
    """
    work.grants.require(Permission.CONTACT_MANAGE)
    held = await hold_team(work, team_id, Permission.CONTACT_MANAGE)
    if held is None:
        raise no_such_team()
    row, _ = held
    said = checked_entry(entry, today=work.today, days=contact_days(work.settings))
    said = _within(row, said, given=entry.until, today=work.today)
    row.contact_role, row.office_line, row.wechat = said.role, said.phone, said.wechat
    row.contact_until, row.contact_reminded = said.until, None
    row.contact_checked_on = None if said.role is None else work.today
    await work.db.flush()
    work.record(
        action=Permission.CONTACT_MANAGE,
        object=f"team:{row.key}",
        area_id=row.area_id,
        details={
            "published": said.role is not None,
            "until": None if said.until is None else str(said.until),
        },
    )
    return row.id


def _within(team: TeamRow, said: Entry, *, given: date | None, today: date) -> Entry:
    """No entry outlasts its team: without a last day ``given`` it ends with it. Raises ``TeamEnded``."""
    last = team.until
    if last is None or said.until is None or said.until <= last:
        return said
    if given is not None or last < today:
        raise TeamEnded(name=team.name, until=last, fields=("input.until",))
    return replace(said, until=last)


def _said(text: str | None) -> str | None:
    return (text or "").strip() or None
