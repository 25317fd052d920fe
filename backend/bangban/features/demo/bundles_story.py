"""Sample applications for several matters: one with a matter refused, one that waits, and firms with confirmations.

A sample of what districts state, and not their numbers: three firms that ask four times for nineteen confirmations show
as well as thirty with 251 that requests, firms and confirmations are three counts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum, auto
from random import Random
from typing import Any, Final

from sqlalchemy import or_, select

from bangban.features.bundles.drafts import BundleDraft, draft_of
from bangban.features.bundles.tables import BundleRow
from bangban.features.bundles.values import BundleKind
from bangban.features.cases.service import ApplicantDetails
from bangban.features.cases.values import HelpMode
from bangban.features.catalog.values import Audience
from bangban.features.demo.applying import complete_application
from bangban.features.demo.crew import Crew, find_crew
from bangban.features.demo.journey import Journey
from bangban.features.demo.script import Act, Extra, Part, Step, acts_of, ordinals_of
from bangban.features.demo.stage import Item, Place, Stage
from bangban.features.demo.words import sample_applicant
from bangban.features.joint.rules import paper_key
from bangban.features.joint.service import apply_for_bundle
from bangban.features.joint.service.applying import shared_keys
from bangban.kernel.tenancy.work import Work

APPLICANTS: Final = 40_000  # the first sample applicant of these; far from those of single cases
_TRIES: Final = 60
_LONGEST: Final = 5  # working days that a matter takes here at most
_ANSWER: Final = "样例"


class _End(Enum):
    """How a matter stands today."""

    DONE = auto()
    REFUSED = auto()
    OPEN = auto()  # accepted
    WAITING = auto()  # applied for


@dataclass(frozen=True, slots=True)
class _Request:
    """An application by the ``who``-th applicant for so many of the matters, or all; ``ends`` are dealt in turn."""

    who: int
    ends: tuple[_End, ...]
    matters: int | None = None


_REQUESTS: Final = {
    BundleKind.MATTERS: (
        _Request(0, (_End.DONE, _End.REFUSED, _End.DONE, _End.DONE)),
        _Request(1, (_End.WAITING,)),
    ),
    BundleKind.CONFIRMATIONS: (
        _Request(0, (_End.DONE,), matters=9),
        _Request(1, (_End.DONE, _End.DONE, _End.REFUSED, _End.DONE, _End.DONE), matters=5),
        _Request(2, (_End.DONE, _End.OPEN), matters=3),
        _Request(0, (_End.WAITING,), matters=2),
    ),
}


async def plan_bundles(work: Work, stage: Stage, *, first: int) -> Extra:
    """Applications for each bundle that has held all through the window. ``first`` is the number of the first case."""
    rows = await work.db.scalars(
        select(BundleRow)
        .where(
            BundleRow.effective_from <= stage.window.first_day,
            or_(BundleRow.effective_to.is_(None), BundleRow.effective_to > stage.window.today),
        )
        .order_by(BundleRow.code)
    )
    items, mode, found = {each.code: each for each in stage.items}, stage.plain_mode, Extra(0, [])
    if mode is None:
        return found
    for number, row in enumerate(rows):
        draft = draft_of(row)
        if not items.keys() >= set(draft.items):
            continue
        chance = Random(f"{work.district.slug} {draft.code}")  # noqa: S311 - samples are to be the same every time
        script = _Script(
            stage, work.district.slug, draft, [items[code] for code in draft.items], mode, chance
        )
        for request in _REQUESTS[draft.kind]:
            more = script.play(request, first=first + found.cases, applicants=APPLICANTS + 10 * number)
            found = Extra(found.cases + more.cases, found.acts + more.acts)
    return found


@dataclass(frozen=True)
class _Script:
    """One bundle's applications."""

    stage: Stage
    slug: str
    bundle: BundleDraft
    items: Sequence[Item]
    mode: HelpMode
    rng: Random

    def play(self, request: _Request, *, first: int, applicants: int) -> Extra:
        """One application, with what became of its matters; nothing where nobody could decide one of them."""
        items = self._chosen(request.matters)
        found = self._place(items)
        audience = self._audience()
        if found is None or audience is None:
            return Extra(0, [])
        place, crews = found
        applicant = sample_applicant(self.slug, audience, applicants + request.who)
        ends = [request.ends[index % len(request.ends)] for index in range(len(items))]
        members = [
            self._member(item, crew, place, applicant, end)
            for item, crew, end in zip(items, crews, ends, strict=True)
        ]
        window, span = (
            self.stage.window,
            max((sum(step.days for step in each) for each in members), default=0),
        )
        # What waits came just now; what is over began so long ago that it can be.
        start = window.last - span - (self.rng.randint(0, 20) if span else 0)
        applying = Step(
            who=Part.APPLICANT, do=apply_for_bundle, how=lambda _: self._given(items, place, applicant)
        )
        acts = acts_of(window, [applying], [start], self.rng, case=first)
        for index, steps in enumerate(members):
            acts += self._acts(steps, start, case=first + index)
        return Extra(len(items), acts)

    def _acts(self, steps: Sequence[Step], start: int, *, case: int) -> list[Act]:
        if not steps:
            return []
        ordinals = ordinals_of(steps, fixed=0, at=start + steps[0].days, last=self.stage.window.last)
        acts = acts_of(self.stage.window, steps, ordinals, self.rng, case=case)
        return [replace(each, order=each.order + 1) for each in acts]  # the first was the application

    def _chosen(self, count: int | None) -> list[Item]:
        """So many of the matters: those that must be among them, and some of the others, in the bundle's order."""
        owed = [each for each in self.items if each.code not in self.bundle.optional]
        others = [each for each in self.items if each.code in self.bundle.optional]
        some = min(len(others), max(0, len(self.items) if count is None else count - len(owed)))
        chosen = {each.code for each in (*owed, *self.rng.sample(others, some))}
        return [each for each in self.items if each.code in chosen]

    def _place(self, items: Sequence[Item]) -> tuple[Place, list[Crew]] | None:
        """Somewhere with people for every one of the matters."""
        for _ in range(_TRIES):
            place = self.stage.place(self.rng)
            crews = [
                crew for item in items if (crew := find_crew(self.stage, item, place, self.rng)) is not None
            ]
            if len(crews) == len(items):
                return place, crews
        return None

    def _audience(self) -> Audience | None:
        common = frozenset.intersection(*(frozenset(each.audience) for each in self.items))
        return next((each for each in (Audience.PERSON, Audience.LEGAL_ENTITY) if each in common), None)

    def _given(self, items: Sequence[Item], place: Place, applicant: ApplicantDetails) -> dict[str, Any]:
        shared = shared_keys(self.bundle)
        papers = [paper_key((item.code, code), shared) for item in items for code in item.owed]
        return {
            "bundle_code": self.bundle.code,
            "area_id": place.id,
            "applicant": applicant,
            "services": [each.code for each in items],
            "modes": (self.mode,),
            "supplied": list(dict.fromkeys(papers)),
            "form": [(each.key, _ANSWER) for each in self.bundle.fields if each.required],
            "way": self.stage.ways.get(self.bundle.code),
        }

    def _member(
        self, item: Item, crew: Crew, place: Place, applicant: ApplicantDetails, end: _End
    ) -> list[Step]:
        """What follows the application in one of its cases."""
        journey = Journey(
            calendar=self.stage.window.calendar,
            rng=self.rng,
            item=item,
            crew=crew,
            application=complete_application(item, place.id, applicant, filer=Part.APPLICANT, mode=self.mode),
        )
        if end is _End.WAITING:
            return []
        journey.pre_check()
        journey.accept()
        days = self.rng.randint(0, min(item.promised, _LONGEST))
        if end is _End.DONE:
            journey.grant(days=days, number=self.rng.randint(1, 99_999))
        elif end is _End.REFUSED:
            journey.refuse(days=days)
        _, checked, *rest = journey.steps  # all the cases have one application
        return [replace(checked, days=max(1, checked.days)), *rest]
