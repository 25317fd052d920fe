"""From stories to acts: which item where, who deals with it, and on which days, so that each comes true today."""

from __future__ import annotations

from itertools import count
from random import Random

from bangban.features.cases.service.mode_fields import PHONE, ModeField
from bangban.features.cases.values import CaseState, HelpKind, HelpMode
from bangban.features.demo.applying import Application, authority, door_of
from bangban.features.demo.crew import Crew, find_crew
from bangban.features.demo.dating import LATE, LIT, dated, remaining_days
from bangban.features.demo.journey import Journey
from bangban.features.demo.script import Act, Part, Who
from bangban.features.demo.stage import Item, Place, Stage
from bangban.features.demo.stories import Deck, Story, one_in
from bangban.features.demo.words import GRADES, MODE_ANSWERS, NOTES, rating_of, sample_applicant
from bangban.kernel.clock import Light

_TRIES = 60
_DONE = frozenset({CaseState.COMPLETED, CaseState.CLOSED})
_UNACCEPTED = frozenset(
    {CaseState.SUBMITTED, CaseState.PRE_CHECKING, CaseState.AWAITING_MATERIALS, CaseState.DECLINED}
)


class Planner:
    """Plans the cases of one district. The same stage and seed give the same plan."""

    def __init__(self, stage: Stage, *, slug: str, seed: str, applicants: int) -> None:
        """``applicants`` is how many different people ask; some of them ask more than once."""
        self._stage = stage
        self._slug = slug
        self._seed = seed
        self._rng = self._chance("cases")
        self._applicants = applicants
        # Whoever breaks a promise is given no other, so everybody promises once.
        self._promising = count(applicants)
        # Each deck has a chance of its own, so that one more draw of this does not change all of that.
        self._agency = self._one_in(5, "agency")
        self._alone = self._one_in(2, "alone")
        self._notice = self._one_in(3, "notice")
        self._again = self._one_in(12, "again")
        self._tolerant = {lit: self._one_in(3, f"tolerant {lit}") for lit in (True, False)}
        self._kept = self._one_in(2, "kept")
        self._relay = self._one_in(4, "relay")
        self._pending = self._one_in(3, "pending")
        self._returned = self._one_in(4, "returned")
        self._paused = self._one_in(9, "paused")
        self._grades = Deck(GRADES, self._chance("grades"))

    def _chance(self, name: str) -> Random:
        return Random(f"{self._slug} {self._seed} {name}")  # noqa: S311 - samples are to be the same every time

    def _one_in(self, n: int, name: str) -> Deck[bool]:
        return one_in(n, self._chance(name))

    def plan(self, index: int, story: Story) -> list[Act]:
        """The acts of case ``index``; none where the district has nobody who could do them."""
        tolerant = (
            story.state not in _UNACCEPTED | {CaseState.WITHDRAWN}
            and self._tolerant[story.state in LIT].draw()
        )
        for attempt in range(_TRIES):
            # A catalog may have nothing to tolerate; then a case without it is better than none.
            journey = self._journey(story, tolerant=tolerant and attempt < _TRIES // 2)
            if journey is None:
                continue
            self._tell(journey, story, index)
            acts = dated(journey, story, case=index, window=self._stage.window, rng=self._rng)
            if acts:
                return acts
        return []

    # ------------------------------------------------------------------ what the case is about

    def _journey(self, story: Story, *, tolerant: bool) -> Journey | None:
        rng, stage = self._rng, self._stage
        items = [item for item in stage.items if _suits(item, story, tolerant=tolerant)]
        if not items or not stage.places:
            return None
        item, place = rng.choice(items), stage.place(rng)
        crew = find_crew(stage, item, place, rng)
        if crew is None or (story.state is CaseState.TERMINATED and crew.supervisor is None):
            return None
        if story.state is CaseState.IN_PROGRESS and len(crew.receivers) < 2:  # one may hold it already
            return None
        return Journey(
            calendar=stage.window.calendar,
            rng=rng,
            item=item,
            crew=crew,
            application=self._application(story, item, place, crew, tolerant=tolerant),
        )

    def _application(
        self, story: Story, item: Item, place: Place, crew: Crew, *, tolerant: bool
    ) -> Application:
        rng = self._rng
        alone = self._alone.draw() or crew.filer is None
        filer: Who = Part.APPLICANT if alone or crew.filer is None else crew.filer
        help_kind = HelpKind.AGENCY if self._agency.draw() else HelpKind.HELP
        scope, days = authority(help_kind, rng)
        tolerated = (rng.choice(sorted(item.tolerable)),) if tolerant else ()
        noticed = story.state is CaseState.AWAITING_MATERIALS or (
            not tolerant and story.state is not CaseState.SUBMITTED and self._notice.draw()
        )
        lacking = rng.sample(item.owed, rng.randint(1, len(item.owed))) if noticed and item.owed else []
        modes = set(rng.sample(tuple(self._stage.modes), min(len(self._stage.modes), rng.choice((1, 1, 2)))))
        if story.state is CaseState.IN_PROGRESS and HelpMode.RELAY in self._stage.modes:
            modes.add(HelpMode.RELAY)
        return Application(
            filer=filer,
            item=item,
            area_id=place.id,
            applicant=sample_applicant(
                self._slug,
                rng.choice(item.audience),
                next(self._promising) if tolerant else rng.randrange(self._applicants),
            ),
            help=help_kind,
            modes=tuple(sorted(modes)),
            mode_fields=tuple(
                ModeField(mode=mode, key=key, value=MODE_ANSWERS.get(key, "样例"))
                for mode in sorted(modes)
                for key in self._stage.modes[mode]
                if key != PHONE  # the applicant's own, which need not be said again
            ),
            channel=door_of(item, filer=filer, help=help_kind, rng=rng),
            scope=scope,
            authority_days=days,
            lacking=tuple(lacking),
            tolerated=tolerated,
            note=rng.choice(NOTES) if rng.random() < 0.15 else None,
            way=self._stage.ways.get(item.code),
        )

    # ------------------------------------------------------------------ what happens

    def _tell(self, journey: Journey, story: Story, index: int) -> None:
        state, rng = story.state, self._rng
        if state is CaseState.SUBMITTED:
            return
        if state is CaseState.DECLINED:
            if rng.random() < 0.4:
                self._ready(journey)
            journey.decline()
            return
        if state is CaseState.WITHDRAWN:
            self._withdrawn(journey)
            return
        if state is CaseState.AWAITING_MATERIALS:
            self._awaiting(journey)
            return
        self._ready(journey)
        if state is CaseState.PRE_CHECKING:
            return
        journey.accept()
        if state in LIT:
            self._being_done(journey, story)
        elif state is CaseState.TERMINATED:
            broken = journey.promise_days + rng.randint(1, 3)
            journey.terminate(
                days=broken if journey.application.tolerated else rng.randint(0, journey.item.promised)
            )
        elif state is CaseState.SUSPENDED:
            self._relayed(journey, most=journey.item.promised // 2)
            journey.suspend(days=rng.randint(0, journey.item.promised // 2))
        else:
            self._completed(journey, story, index)

    def _awaiting(self, journey: Journey) -> None:
        codes = journey.notice()
        if journey.crew.supervisor is not None and self._again.draw():
            journey.supply(codes, days=self._rng.randint(1, 4))
            journey.notice_again()
        elif len(codes) > 1 and self._rng.random() < 0.3:
            journey.supply(codes[:1], days=self._rng.randint(0, 3))

    def _ready(self, journey: Journey) -> None:
        """Pre-checked, at once or after the papers of one notice have come, rarely of two."""
        if not journey.application.lacking:
            journey.pre_check()
            return
        journey.supply(journey.notice(), days=self._rng.randint(0, 4))
        if journey.crew.supervisor is not None and self._again.draw():
            journey.supply(journey.notice_again(), days=self._rng.randint(0, 2))

    def _withdrawn(self, journey: Journey) -> None:
        if self._rng.random() < 0.7:
            self._ready(journey)
            if self._rng.random() < 0.5:
                journey.accept()
        journey.withdraw(days=self._rng.randint(0, 3))

    def _being_done(self, journey: Journey, story: Story) -> None:
        rng = self._rng
        if story.state is CaseState.IN_PROGRESS:
            journey.hand_over(days=rng.randint(0, 1))
            journey.take_over(days=rng.randint(0, 1))
        elif journey.crew.receivers[1:] and self._returned.draw():
            journey.hand_over(days=rng.randint(0, 1))
            journey.give_back(days=rng.randint(0, 1))
        if journey.application.tolerated and self._kept.draw():
            journey.supply(journey.application.tolerated, days=rng.randint(0, 2))
        if journey.crew.receivers[1:] and self._pending.draw():
            journey.hand_over(days=rng.randint(0, 1))

    def _relayed(self, journey: Journey, *, most: int) -> int:
        """Now and then from hand to hand; the working days that it took."""
        if not journey.crew.receivers[1:] or not self._relay.draw():
            return 0
        offered, taken = self._rng.randint(0, most), self._rng.randint(0, min(1, most))
        journey.hand_over(days=offered)
        journey.take_over(days=taken)
        return offered + taken

    def _completed(self, journey: Journey, story: Story, index: int) -> None:
        rng, promised = self._rng, journey.item.promised
        late = story.light is Light.OVERDUE
        total = promised + rng.randint(*LATE) if late else rng.randint(0, promised)
        left = total - self._relayed(journey, most=total // 3)
        if journey.application.tolerated:
            days = rng.randint(0, max(0, min(left, journey.promise_days)))
            journey.supply(journey.application.tolerated, days=days)
            left -= days
        if promised and self._paused.draw():
            days = rng.randint(0, max(0, left // 2))
            journey.suspend(days=days)
            journey.resume(days=rng.randint(1, 8))  # days that do not count
            left -= days
        journey.complete(days=max(0, left), number=index + 1)
        if story.state is CaseState.CLOSED:
            journey.rate(rating_of(self._grades.draw(), rng))


def _suits(item: Item, story: Story, *, tolerant: bool) -> bool:
    if tolerant and not (item.tolerable and item.promised >= 2):
        return False
    if story.state is CaseState.AWAITING_MATERIALS and not item.owed:
        return False
    if story.state in {CaseState.SUSPENDED, CaseState.TERMINATED} and item.promised < 1:
        return False
    if story.state in LIT and story.light is not None:
        return item.promised > 0 and bool(remaining_days(story.light, item.promised))
    # A matter done on the spot is not late: nobody would complete it another day.
    return not (story.state in _DONE and story.light is Light.OVERDUE and item.promised < 1)
