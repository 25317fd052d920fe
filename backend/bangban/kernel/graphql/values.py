"""Facts of a request by name, each worked out when a statement asks for it: most statements ask for few."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from types import MappingProxyType
from typing import Any, Final, Protocol, TypeAlias
from uuid import UUID

from bangban.kernel.access.grants import Grants
from bangban.kernel.access.principals import Principal
from bangban.kernel.access.vocabulary import HANDLING, Permission
from bangban.kernel.clock.week import day_keys, days_off, local_minute
from bangban.kernel.clock.working import WorkingCalendar
from bangban.kernel.clock.year import year_of
from bangban.kernel.planner.spans import DAYS_OFF, ZONE
from bangban.kernel.tenancy.fleet.declared import known_revisions
from bangban.kernel.tenancy.migrations import district_head
from bangban.kernel.tenancy.registry import District
from bangban.kernel.tenancy.tenancy import Tenancy
from bangban.kernel.vault.papers import PaperOf, id_of, read_paper_code

CALENDAR_YEAR: Final = "calendar_year"
PAPER_NUMBER: Final = "paper_number"
PAPER_MARK: Final = "paper_mark"
PAPER_ID: Final = "paper_id"
LOCAL_MINUTE: Final = "local_minute"
"""A moment as hours of service see it, as JSON: derived from an argument, or a fact, for the request's own moment."""

LOCAL_DAYS: Final = "local_days"
"""The district's ``zone`` and a month of its ``days`` as hours of service see them, as JSON: derived from the first
day, or a fact, from the request's own day on."""


class Asking(Protocol):
    """What a request says of itself."""

    @property
    def principal(self) -> Principal: ...
    @property
    def district(self) -> District | None: ...
    @property
    def language(self) -> str: ...
    @property
    def now(self) -> datetime: ...
    @property
    def ticket(self) -> bytes | None: ...


Named: TypeAlias = Mapping[str, Callable[[Asking], Any]]
"""Values that features add, by name: what a process keeps in memory and statements may bind."""


class RequestValues(dict[str, Any]):
    """What is known of the request; KeyError for what is not, such as an ordinal without a district.

    Not to be copied: it holds only what was asked for already. Put a ChainMap in front to add to it.
    """

    def __init__(
        self,
        asking: Asking,
        grants: Grants,
        *,
        today: date | None = None,
        calendar: WorkingCalendar | None = None,
        named: Named = MappingProxyType({}),
    ) -> None:
        super().__init__(today=today or asking.now.date())
        self._named = named
        self._asking = asking
        self._grants = grants
        self._calendar = calendar

    def __missing__(self, name: str) -> Any:
        if name in _ORDINALS:
            if self._calendar is None:
                raise KeyError(name)
            moment = self._calendar.moment(self["today"])
            self["ordinal"], self["next_ordinal"] = moment.ordinal, moment.next_ordinal
            self["days_left"] = self._calendar.days_left(self["today"])
        elif name in _BY_CLOCK:
            district = self._asking.district
            if self._calendar is None or district is None:
                raise KeyError(name)
            given = self._asking.now if name == LOCAL_MINUTE else self["today"]
            self[name] = _BY_CLOCK[name](self._calendar, district, given)
        elif name in self._named:
            self[name] = self._named[name](self._asking)
        else:
            self[name] = _KNOWN[name](self._asking, self._grants)
        return self[name]


def _local_minute(calendar: WorkingCalendar, district: District, at: datetime) -> str:
    return json.dumps(local_minute(calendar, at, district.zone)._asdict())


def _local_days(calendar: WorkingCalendar, district: District, since: date) -> str:
    return json.dumps({"zone": district.zone.key, "days": day_keys(calendar, since)})


_BY_CLOCK: Final[Mapping[str, Callable[[WorkingCalendar, District, Any], str]]] = {
    LOCAL_MINUTE: _local_minute,
    LOCAL_DAYS: _local_days,
}


def _district_status(asking: Asking, _: Grants) -> str:
    if asking.district is None:
        raise KeyError("district_status")
    return asking.district.status.value


_ORDINALS: Final = frozenset({"ordinal", "next_ordinal", "days_left"})
_KNOWN: Final[Mapping[str, Callable[[Asking, Grants], Any]]] = {
    "now": lambda asking, _: asking.now,
    ZONE: lambda asking, _: asking.district and asking.district.zone,
    "me": lambda asking, _: asking.principal.id,
    "kind": lambda asking, _: asking.principal.kind.value,
    "name": lambda asking, _: asking.principal.name,
    "duty": lambda asking, _: asking.principal.duty and asking.principal.duty.value,
    "permissions": lambda _, grants: list(grants.permissions()),
    "language": lambda asking, _: asking.language,
    "ticket": lambda asking, _: asking.ticket,
    "district_status": _district_status,
    "allowed_origins": lambda asking, _: asking.district and sorted(asking.district.allowed_origins),
    "trusted_documents_only": lambda asking, _: asking.district and asking.district.trusted_documents_only,
    "district_slug": lambda asking, _: asking.district and asking.district.slug,
    "fleet_head": lambda _, __: district_head(),
    "fleet_known": lambda _, __: list(known_revisions()),
    "handling": lambda _, grants: list(grants.policy.posts_that_may(*HANDLING)),
    "claiming": lambda _, grants: list(grants.policy.posts_that_may(Permission.ORDER_CLAIM)),
    "moving": lambda _, grants: list(grants.policy.posts_that_may(Permission.CASE_HAND_OVER)),
    "letting_in": lambda _, grants: list(grants.policy.posts_that_may(Permission.SKILL_MANAGE)),
}


class Derivations(Mapping[str, Callable[[Any], Any]]):
    """What the district makes of an argument: keyed hashes for look-ups of sealed values, under its own key; what
    the code on a paper of its own stands for; a year of its calendar, and moments and days by its clock, as JSON.
    """

    def __init__(self, tenancy: Tenancy, district: District, calendar: WorkingCalendar) -> None:
        self._tenancy = tenancy
        self._district = district
        self._calendar = calendar

    def __getitem__(self, name: str) -> Callable[[Any], Any]:
        if name == CALENDAR_YEAR:
            return lambda given: json.dumps(year_of(self._calendar, int(given)))
        if name in _BY_CLOCK:
            return lambda given: _BY_CLOCK[name](self._calendar, self._district, given)
        if name == DAYS_OFF:
            return lambda given: days_off(self._calendar, *given)
        vault = self._tenancy.vault(self._district)
        if name in _PAPERS:
            return lambda given: _PAPERS[name](read_paper_code(vault, str(given)))
        clean = _CLEAN[name]
        return lambda given: vault.lookup_hash(clean(str(given)), purpose=name)

    def __iter__(self) -> Iterator[str]:
        return iter((CALENDAR_YEAR, DAYS_OFF, *_BY_CLOCK, *_PAPERS, *_CLEAN))

    def __len__(self) -> int:
        return 2 + len(_BY_CLOCK) + len(_PAPERS) + len(_CLEAN)


_PAPERS: Final[Mapping[str, Callable[[PaperOf | None], str | UUID | None]]] = {
    PAPER_NUMBER: lambda paper: paper and paper.number,
    PAPER_MARK: lambda paper: paper and paper.mark,
    PAPER_ID: lambda paper: paper and id_of(paper.number),
}
_CLEAN: Final[Mapping[str, Callable[[str], str]]] = {
    "identity": lambda text: text.strip().upper(),
    "phone": lambda text: text.strip(),
    "visitor": lambda text: text.strip().upper(),  # a phone, or an identity number
}
