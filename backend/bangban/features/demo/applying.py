"""The application that a sample case begins with: by whom, through which door, with which papers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Any
from uuid import UUID

from bangban.features.cases.service import ApplicantDetails, GivenAuthorisation, ModeField
from bangban.features.cases.values import AuthorisationScope, HelpKind, HelpMode
from bangban.features.catalog.values import Channel
from bangban.features.demo.script import Part, Who
from bangban.features.demo.stage import Item
from bangban.features.guidance.rules import Way

_OWN_DOORS = (Channel.WEB, Channel.MOBILE, Channel.TERMINAL, Channel.BANK)
_LED_DOORS = (Channel.WEB, Channel.MOBILE)  # where applicants answer questions by themselves
_LONGEST_AUTHORITY = 180  # days


@dataclass(frozen=True, kw_only=True)
class Application:
    """What is applied for. ``lacking`` follows after a notice, ``tolerated`` after acceptance."""

    filer: Who
    item: Item
    area_id: UUID
    applicant: ApplicantDetails
    help: HelpKind
    modes: tuple[HelpMode, ...]
    mode_fields: tuple[ModeField, ...]
    channel: Channel | None
    scope: tuple[AuthorisationScope, ...]
    authority_days: int
    lacking: tuple[str, ...]
    tolerated: tuple[str, ...]
    note: str | None
    way: Way | None = None  # by which questions would lead there

    @property
    def supplied(self) -> tuple[str, ...]:
        """The papers that come with it."""
        later = {*self.lacking, *self.tolerated}
        return tuple(code for code in self.item.owed if code not in later)

    @property
    def collectable(self) -> bool:
        """Whether the helper may receive the result for the applicant."""
        return AuthorisationScope.RECEIVE_RESULT in self.scope

    def how(self, day: date) -> dict[str, Any]:
        """The arguments of applying on this day."""
        authorisation = GivenAuthorisation(
            scope=self.scope, valid_until=day + timedelta(days=self.authority_days)
        )
        return {
            "service_code": self.item.code,
            "area_id": self.area_id,
            "applicant": self.applicant,
            "help": self.help,
            "modes": self.modes,
            "mode_fields": self.mode_fields,
            "supplied": self.supplied,
            "note": self.note,
            "channel": self.channel,
            "authorisation": authorisation if self.scope else None,
            "way": self.way if self.channel in _LED_DOORS else None,
        }


def door_of(item: Item, *, filer: Who, help: HelpKind, rng: Random) -> Channel | None:  # noqa: A002 - the domain's word
    """The door an application came through; None leaves it to the level of whoever files it."""
    if filer is Part.APPLICANT:
        own = [each for each in _OWN_DOORS if each in item.channels]
        return rng.choice(own) if own else Channel.WEB
    if help is HelpKind.AGENCY and Channel.PROXY in item.channels and rng.random() < 0.6:
        return Channel.PROXY
    return Channel.PHONE if rng.random() < 0.12 else None


def authority(help: HelpKind, rng: Random) -> tuple[tuple[AuthorisationScope, ...], int]:  # noqa: A002 - the domain's word
    """Scope of the power of attorney, none for HELP, and for how many days it is given."""
    if help is HelpKind.HELP:
        return (), 0
    scope = (AuthorisationScope.APPLY, AuthorisationScope.SUPPLY_MATERIALS, AuthorisationScope.RECEIVE_RESULT)
    return scope if rng.random() < 0.7 else scope[:2], rng.randint(100, _LONGEST_AUTHORITY)


def complete_application(
    item: Item, area_id: UUID, applicant: ApplicantDetails, *, filer: Who, mode: HelpMode
) -> Application:
    """An application for help with every paper, through the filer's usual door."""
    return Application(
        filer=filer,
        item=item,
        area_id=area_id,
        applicant=applicant,
        help=HelpKind.HELP,
        modes=(mode,),
        mode_fields=(),
        channel=None,
        scope=(),
        authority_days=0,
        lacking=(),
        tolerated=(),
        note=None,
    )
