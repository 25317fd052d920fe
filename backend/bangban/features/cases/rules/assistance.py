"""What a district decides about assistance; and the banned phrases 禁用语, which staff do not write to applicants.

A phrase is found wherever it stands in a text, however it is spaced, punctuated, tagged or written in full width, so
that nobody gets past it by a comma (DOMAIN B05).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any, Final

from bangban.features.cases.problems import PhraseBanned
from bangban.features.profiles.plain_letters import holds_phrase

SETTING: Final = "assistance"
"""Key in the profile's settings."""

USUAL_HOURS: Final = "09:00-17:00"
"""Office hours of working days where a district says nothing."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """A banned phrase, and what is said instead 规范用语."""

    phrase: str
    instead: str | None = None


def _hours(text: str) -> tuple[time, time]:
    begins, ends = map(time.fromisoformat, text.split("-"))
    return begins, ends


@dataclass(frozen=True, kw_only=True)
class Assistance:
    """The settings of one district; the numbers by default are those of DOMAIN's matrix."""

    handover_minutes: int = 120
    transfer_minutes: int = 120
    reply_minutes_in_hours: int = 30
    reply_minutes_off_hours: int = 30
    review_minutes: int = 240
    office_hours: tuple[time, time] = _hours(USUAL_HOURS)
    next_step_days: int = 1
    check_in_working_days: int = 5
    check_in_message_hours: int = 4
    open_questions: int = 20
    phrases: tuple[Phrase, ...] = ()
    next_steps: Mapping[str, Sequence[str]] | None = None

    @property
    def handover_wait(self) -> timedelta:
        return timedelta(minutes=self.handover_minutes)

    @property
    def transfer_wait(self) -> timedelta:
        return timedelta(minutes=self.transfer_minutes)

    @property
    def review_wait(self) -> timedelta:
        """Office time until an application is reviewed (DOMAIN C02)."""
        return timedelta(minutes=self.review_minutes)

    @property
    def check_in_pause(self) -> timedelta:
        """How long after a message about a check-in there is no other one about the same case."""
        return timedelta(hours=self.check_in_message_hours)

    def is_open(self, local: datetime, *, working: bool) -> bool:
        """Whether a moment of the district's own time, on a working day or not, lies in office hours."""
        begins, ends = self.office_hours
        return working and begins <= local.time() < ends

    def reply_wait(self, *, in_hours: bool) -> timedelta:
        """How soon an answer is promised to who asks online (DOMAIN A12)."""
        return timedelta(minutes=self.reply_minutes_in_hours if in_hours else self.reply_minutes_off_hours)

    def following(self, service_code: str) -> Sequence[str]:
        """The codes of the items that usually follow this one."""
        return (self.next_steps or {}).get(service_code, ())


def assistance_of(settings: Mapping[str, Any]) -> Assistance:
    """What a district's settings say, or the usual."""
    said = dict(settings.get(SETTING) or {})
    said["phrases"] = tuple(Phrase(each["phrase"], each.get("instead")) for each in said.get("phrases", ()))
    if said.get("office_hours") is not None:
        said["office_hours"] = _hours(said["office_hours"])
    return Assistance(**{key: value for key, value in said.items() if value is not None})


def check_phrases(phrases: Sequence[Phrase], /, **texts: str | None) -> None:
    """Refuse a text that has a banned phrase in it; ``texts`` are the input's fields by name.

    Raises ``PhraseBanned`` for the first one, with the standard wording.
    """
    for field, text in texts.items():
        for each in phrases_in(phrases, text or ""):
            raise PhraseBanned(each.phrase, each.instead, field=field)


def phrases_in(phrases: Sequence[Phrase], text: str) -> list[Phrase]:
    """The banned phrases that a text has in it."""
    return [each for each in phrases if holds_phrase(text, each.phrase)]
