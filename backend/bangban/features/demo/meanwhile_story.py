"""What happens to running cases right now: applicants rate while they wait, and dispatchers find helpers for cases."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import select

from bangban.features.areas.tables import AreaRow
from bangban.features.cases.service.rating import SETTING, rate_case
from bangban.features.cases.tables import CaseRow, HandoverRow
from bangban.features.cases.values import CaseState, Grade, HelpKind, RatingPhase
from bangban.features.demo.actors import acting, present, somebody
from bangban.features.demo.helpers_story import posts_of
from bangban.features.demo.stage import Stage
from bangban.features.orders import service as orders
from bangban.features.orders.rules.settings import order_settings
from bangban.features.orders.tables import OrderRow
from bangban.features.orders.values import OrderKind
from bangban.features.profiles.values import RatingMoment
from bangban.kernel.access.principals import Principal, PrincipalKind
from bangban.kernel.access.roles import Role
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.tenancy.work import Work

_RATINGS: Final = (
    (Grade.SATISFIED, None),
    (Grade.DISSATISFIED, "还没有人联系我,不知道办到哪一步了。"),
    (Grade.VERY_SATISFIED, "帮办员主动打电话告诉我进度。"),
)
_RATED: Final = timedelta(seconds=8)  # ago, and each of these after all other acts of the samples' cases
_PLACED: Final = timedelta(seconds=6)
_CLAIMED: Final = timedelta(seconds=4)


async def tell_meanwhile(work: Work, stage: Stage) -> None:
    """Play both, as far as the district has them."""
    running = await _running(work)
    moments = (work.settings.get(SETTING) or {}).get("moments", ())
    if RatingMoment.DURING in moments:
        await _rate(work, running)
    if OrderKind.CASE in order_settings(work.settings).kinds:
        await _dispatch(work, stage, running)


async def _running(work: Work) -> Sequence[Any]:
    """Cases that are being done and that nobody is just being handed."""
    offered = (
        select(HandoverRow.id)
        .where(
            HandoverRow.case_id == CaseRow.id,
            HandoverRow.taken_at.is_(None),
            HandoverRow.returned_at.is_(None),
        )
        .exists()
    )
    found = await work.db.execute(
        select(CaseRow.number, CaseRow.holder_id, CaseRow.resident_id, AreaRow.path)
        .join(AreaRow, AreaRow.id == CaseRow.area_id)
        .where(
            CaseRow.state.in_([CaseState.ACCEPTED, CaseState.IN_PROGRESS]),
            CaseRow.help == HelpKind.HELP,
            ~offered,
        )
        .order_by(CaseRow.number)
    )
    return found.all()


async def _rate(work: Work, running: Sequence[Any]) -> None:
    for row, (grade, comment) in zip(running, _RATINGS, strict=False):
        applicant = Principal(kind=PrincipalKind.RESIDENT, id=row.resident_id, district=work.district.slug)
        asked = acting(work, applicant, work.now - _RATED)
        await rate_case(asked, number=row.number, grade=grade, comment=comment, phase=RatingPhase.DURING)


async def _dispatch(work: Work, stage: Stage, running: Sequence[Any]) -> None:
    """A case that was dispatched and claimed, and one that waits for a helper, with its timer."""
    first = True
    for row in running:
        dispatcher = somebody(stage, Permission.ORDER_DISPATCH, row.path)
        helper = _asked(stage, row)
        if dispatcher is None or helper is None:
            continue
        wanted = orders.Wanted(kind=OrderKind.CASE, case_number=row.number)
        if not first:
            await orders.place_order(present(work, dispatcher.principal), wanted)
            return
        placed = acting(work, dispatcher.principal, work.now - _PLACED)
        order_id = await orders.place_order(placed, wanted)
        number = (await work.db.scalars(select(OrderRow.number).where(OrderRow.id == order_id))).one()
        await orders.claim_order(acting(work, helper, work.now - _CLAIMED), number=number)
        first = False


def _asked(stage: Stage, row: Any) -> Principal | None:
    """One of those who are asked first: posted deepest on the way up from the case, and who does not hold it."""
    able = [
        each
        for each in stage.able(Permission.ORDER_CLAIM, row.path)
        if not posts_of(each, Role.VOLUNTEER)  # they take needs only
    ]
    deepest = [each for each in able if each.depth(row.path) == able[0].depth(row.path)]
    return next((each.principal for each in deepest if each.principal.id != row.holder_id), None)
