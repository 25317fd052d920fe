"""Results on a condition 附条件办结: one that waits for a promised paper, and one whose paper came and was checked.

Told where a district's item lets its result be issued before promised materials are there (DOMAIN D10).
"""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import Final

from bangban.features.demo.applying import complete_application
from bangban.features.demo.crew import find_crew
from bangban.features.demo.journey import Journey
from bangban.features.demo.script import Extra, Part, acts_of, ordinals_of
from bangban.features.demo.stage import Item, Stage
from bangban.features.demo.words import sample_applicant
from bangban.kernel.tenancy.work import Work

_APPLICANTS: Final = 46_000  # the first sample applicant of these; far from those of the other stories
_CAME: Final = (False, True)  # of each applicant's case: whether the paper came
_TRIES: Final = 40


def plan_conditional(work: Work, stage: Stage, *, first: int) -> Extra:
    """A case of each applicant; none where no item allows it. ``first`` numbers the cases."""
    chance = Random(f"{work.district.slug} conditions")  # noqa: S311 - samples are to be the same every time
    items = [each for each in stage.items if each.before_supplied and each.tolerable]
    found = Extra(0, [])
    for place, came in enumerate(_CAME if items else ()):
        journey = _journey(work, stage, items[0], _APPLICANTS + place, chance)
        if journey is None:
            continue
        journey.pre_check()
        journey.accept()
        journey.grant(days=0, number=first + place)
        if came:
            journey.supply(journey.application.tolerated, days=0)
            journey.check_promised()
        case, last = first + found.cases, stage.window.last
        ordinals = ordinals_of(journey.steps, fixed=len(journey.steps) - 1, at=last, last=last)
        acts = acts_of(stage.window, journey.steps, ordinals, chance, case=case)
        found = Extra(found.cases + 1, found.acts + acts)
    return found


def _journey(work: Work, stage: Stage, item: Item, n: int, chance: Random) -> Journey | None:
    """An application of the n-th sample applicant that promises one paper; None where nobody could decide it."""
    mode, applicant = stage.plain_mode, sample_applicant(work.district.slug, item.audience[0], n)
    for _ in range(_TRIES if mode else 0):
        place = stage.place(chance)
        crew = find_crew(stage, item, place, chance)
        if crew is not None:
            assert mode is not None  # asked just before
            whole = complete_application(item, place.id, applicant, filer=Part.APPLICANT, mode=mode)
            return Journey(
                calendar=stage.window.calendar,
                rng=chance,
                item=item,
                crew=crew,
                application=replace(whole, tolerated=(min(item.tolerable),)),
            )
    return None
