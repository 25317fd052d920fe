"""Sample cases of a district, made by the use cases of casework themselves, as the district's own people.

All acts of a district are put in the order in which they happen and done in one transaction, so numbers,
events and audit entries follow one another as they would have, and a district has its samples or has none.
Nobody is sent a message: what happened weeks ago is no news.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from operator import attrgetter
from random import Random
from typing import Final, NamedTuple

from sqlalchemy import select

from bangban.features.cases.values import HelpMode
from bangban.features.demo.asking_story import tell_of_questions
from bangban.features.demo.assistance_story import tell_assistance
from bangban.features.demo.bundles_story import plan_bundles
from bangban.features.demo.condition_story import plan_conditional
from bangban.features.demo.delegations_story import plan_delegated
from bangban.features.demo.group_story import tell_of_groups
from bangban.features.demo.hall_story import tell_of_halls
from bangban.features.demo.meanwhile_story import tell_meanwhile
from bangban.features.demo.network_story import tell_of_network
from bangban.features.demo.orders_story import tell_of_orders
from bangban.features.demo.planner import Planner
from bangban.features.demo.play import Play
from bangban.features.demo.representing_story import tell_representing
from bangban.features.demo.script import Window
from bangban.features.demo.stage_loading import load_stage
from bangban.features.demo.stories import choose_stories
from bangban.features.demo.terminals_story import tell_of_terminals
from bangban.features.demo.together_story import plan_together, tell_together
from bangban.features.districts.platform import platform_work
from bangban.kernel.audit.tables import AuditEntryRow
from bangban.kernel.tenancy.registry import District
from bangban.kernel.tenancy.tenancy import Tenancy
from bangban.kernel.tenancy.work import Work

Progress = Callable[[int, int], None]
"""Told how much is done, of how much."""

DEFAULT_COUNT: Final = 300
DEFAULT_SEED: Final = "2026"
MADE: Final = "district:sample-cases"  # the trail's own word for it, by which a second run knows
_REQUEST: Final = "demo"
_TELL_EVERY: Final = 25


async def make_cases(
    tenancy: Tenancy,
    district: District,
    *,
    count: int = DEFAULT_COUNT,
    seed: str = DEFAULT_SEED,
    now: datetime | None = None,
    progress: Progress | None = None,
) -> int:
    """Bring the district to ``count`` sample cases over the last 90 days; how many were made now.

    A story that nobody in the district could act out is left out, so there may be fewer; the first cases bring a
    few more with them, of bundles and delegations, where the district has these.
    """
    at = now or datetime.now(UTC)
    tell = progress or (lambda _done, _total: None)
    rules = await tenancy.rules(district)
    async with platform_work(tenancy, district, request_id=_REQUEST, now=at) as work:
        already = (await _samples(work)).asked_for
        if already >= count:
            return 0
        stage = await load_stage(
            work,
            window=Window(work.calendar, district.zone, at),
            modes={
                HelpMode(each["mode"]): tuple(asked["key"] for asked in each.get("required", ()))
                for each in rules.settings.get("modes", ())
            },
        )
        more = count - already
        again = f"{seed} {already}"
        planner = Planner(stage, slug=district.slug, seed=again, applicants=max(1, more * 2 // 3))
        stories = choose_stories(more, Random(f"{district.slug} {again}"))  # noqa: S311 - samples are to be the same every time
        plans = [planner.plan(index, story) for index, story in enumerate(stories)]
        made = sum(map(bool, plans))
        acts = [act for acts in plans for act in acts]
        if already == 0:
            bundles = await plan_bundles(work, stage, first=len(plans))
            delegated = await plan_delegated(work, stage, first=len(plans) + bundles.cases)
            others = len(plans) + bundles.cases + delegated.cases
            together = plan_together(work, stage, first=others)
            conditional = plan_conditional(work, stage, first=others + together.cases)
            made += bundles.cases + delegated.cases + together.cases + conditional.cases
            acts += bundles.acts + delegated.acts + together.acts + conditional.acts
        acts.sort(key=attrgetter("at", "case", "order"))
        play = Play(work, staff=stage.staff)
        for done, act in enumerate(acts):
            if done % _TELL_EVERY == 0:
                tell(play.begun, made)
            await play.act(act)
        if already == 0:
            await tell_of_orders(work, stage, now=at)
            made += await tell_of_halls(work, stage, now=at)
            await tell_of_network(work, stage, now=at)
            await tell_representing(work, stage)
            await tell_of_terminals(work, stage)
            await tell_of_questions(work, stage)
            await tell_of_groups(work, stage)
            await tell_together(work, stage)
            await tell_meanwhile(work, stage)
            await tell_assistance(work, staff=stage.staff)
        work.record(
            action=MADE, object=f"district:{district.slug}", details={"cases": made, "asked_for": more}
        )
    tell(made, made)
    return made


class Samples(NamedTuple):
    """How many sample cases were asked for, and how many of these could be made."""

    asked_for: int
    cases: int


async def samples_of(tenancy: Tenancy, district: District) -> Samples:
    """The sample cases of a district."""
    async with platform_work(tenancy, district, request_id=_REQUEST) as work:
        return await _samples(work)


async def _samples(work: Work) -> Samples:
    """What earlier runs left in the trail, which nobody can take out of it again."""
    entries = await work.db.scalars(
        select(AuditEntryRow.details).where(
            AuditEntryRow.object == f"district:{work.district.slug}", AuditEntryRow.action == MADE
        )
    )
    found = [(int(each["asked_for"]), int(each["cases"])) for each in entries]
    return Samples(sum(asked for asked, _ in found), sum(cases for _, cases in found))
