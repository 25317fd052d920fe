"""认领, 指派, 办理, 评价: what is done to an order, one function an act (DOMAIN C05, C07, C08, C10)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from bangban.features.cases import rules as case_rules
from bangban.features.cases.problems import HandoverPending, IllegalTransition
from bangban.features.cases.rules.papers import Papers
from bangban.features.cases.service.loading import hold_case, load_case
from bangban.features.cases.service.relay import hand_over_case, take_over_case
from bangban.features.cases.service.saving import save as save_case
from bangban.features.cases.service.wording import check_words
from bangban.features.cases.values import Grade
from bangban.features.custody.ledger import holders_of
from bangban.features.custody.rules import Holder
from bangban.features.custody.service import return_papers, take_papers
from bangban.features.custody.values import CustodyKind
from bangban.features.orders.problems import (
    NotOfferedToYou,
    NotYourOrder,
    PapersToBeDelivered,
    PapersToBeReturned,
)
from bangban.features.orders.rules import ending, placing, taking, working
from bangban.features.orders.rules.door import check_signature, movement_of
from bangban.features.orders.rules.facts import Transition, Window
from bangban.features.orders.rules.offering import choose
from bangban.features.orders.service.loading import Loaded, load_order
from bangban.features.orders.service.saving import save
from bangban.features.orders.service.signing import Signed, signature_of
from bangban.features.orders.service.together import dispatched_case, stepped, undo_handover
from bangban.features.orders.values import AT_THE_DOOR, OrderKind, OrderStep
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.identifiers import free_words
from bangban.kernel.tenancy.work import Work


async def claim_order(work: Work, *, number: str) -> UUID:
    """Take an order that is offered. Of two at once exactly one gets it. Raises as ``taking.claim``."""
    loaded = await load_order(work, number=number, one_of=(Permission.ORDER_CLAIM,))
    if not loaded.may(Permission.ORDER_CLAIM):
        raise NotOfferedToYou
    await _hold_case(loaded)
    helper = await loaded.claimant()
    transition = taking.claim(loaded.facts, helper, settings=loaded.settings, actor=loaded.actor, at=work.now)
    if loaded.facts.kind is OrderKind.CASE:
        await _take_case(loaded)
    return await save(loaded, transition, load_limit=loaded.settings.load_limit)


async def _hold_case(loaded: Loaded) -> None:
    """Lock the case that goes with the order, if one does, before whoever gets both."""
    if loaded.facts.kind is OrderKind.CASE:
        await hold_case(loaded.work, number=loaded.row.case_number)


async def _take_case(loaded: Loaded) -> None:
    """The case that is dispatched goes to whoever took the order: handed over and taken over at once.

    Whoever placed the order was allowed to move the case, so nobody is asked again.
    """
    work, number = loaded.work, loaded.row.case_number
    case = await load_case(work, number=number, one_of=(Permission.CASE_TAKE_OVER,))
    if case.facts.handover_pending:  # also by whoever claims: then the case would go, and the order stay
        raise HandoverPending
    if case.facts.holder_id == case.actor.id:
        return
    handed = case_rules.hand_over(
        case.facts,
        to_id=case.actor.id,
        to_name=case.actor.shown,
        reason=f"帮办单 {loaded.row.number}",
        may_dispatch=True,
        actor=case.actor,
        occasion=case.occasion,
    )
    await save_case(case, handed)
    await take_over_case(work, number=number)


async def assign_order(work: Work, *, number: str, to_staff_id: UUID | None, reason: str) -> UUID:
    """Give an order to somebody, or to whom the rules choose.

    A case that whoever had the order did not take yet is recalled from them. Raises as ``taking.assign``, ``choose``,
    ``save`` and ``hand_over_case``; ``HelperUnfit``.
    """
    loaded = await load_order(work, number=number, one_of=(Permission.ORDER_DISPATCH,))
    loaded.authorise(Permission.ORDER_DISPATCH)
    _check_reason(loaded, reason)
    case = await dispatched_case(loaded)
    load_limit = None  # which does not bind a dispatcher who names somebody
    if to_staff_id is None:
        has_it = {
            loaded.facts.holder_id,
            None if case is None else case.facts.holder_id,
        }
        others = [each for each in await loaded.helpers() if each.id not in has_it]
        to_staff_id, load_limit = choose(loaded.facts, others, loaded.settings).id, loaded.settings.load_limit
    helper = await loaded.somebody(to_staff_id)  # chosen or named, they stay from here on
    transition = taking.assign(
        loaded.facts, helper, reason=reason, settings=loaded.settings, actor=loaded.actor, at=work.now
    )
    if case is not None:  # offered as every hand-over is, so it waits for them to take it
        await undo_handover(loaded, case, reason=reason)
        await hand_over_case(work, number=loaded.row.case_number, to_staff_id=helper.id, reason=reason)
    return await save(loaded, transition, load_limit=load_limit)


async def progress_order(
    work: Work,
    *,
    number: str,
    step: OrderStep,
    reason: str | None = None,
    window_from: datetime | None = None,
    window_until: datetime | None = None,
    papers: Sequence[Papers] = (),
    signed: Signed | None = None,
) -> UUID:
    """Start, finish, fail, give back or cancel. Raises as the function of ``moves`` of that name.

    With the end of a pickup or delivery of a case the ``papers`` go into the caller's custody, or out of it to the
    applicant. What custody refuses undoes the step, too (features/custody). Whoever opened the door ``signed`` for it,
    as the district decides: see ``check_signature`` and ``signature_of``.

    Of a case that ended undecided, or whose result was withdrawn, nobody sets out for papers any more
    (``IllegalTransition``); a pickup that is under way ends with its papers, which are to be returned (else
    ``PapersToBeReturned``), or in vain, for good. A delivery of a case does not end without papers while whoever made
    it has some (``PapersToBeDelivered``).

    What dispatches a case is worked on by whoever holds that (else ``CaseNotInHand``); given back or cancelled before
    they took it, the case is not handed to them any more.
    """
    wanted = (
        (Permission.ORDER_PLACE, Permission.ORDER_DISPATCH)
        if step is OrderStep.CANCEL
        else (Permission.ORDER_DO,)
    )
    loaded = await load_order(work, number=number, one_of=wanted)
    _check_reason(loaded, reason)
    if step is not OrderStep.CANCEL and not loaded.may(Permission.ORDER_DO):
        raise NotYourOrder
    window, case_number = placing.window_of(window_from, window_until), loaded.row.case_number
    check_signature(
        loaded.facts.kind,
        step,
        signed=signed is not None,
        moves_papers=bool(papers),
        wanted=loaded.settings.signature,
    )
    if (
        loaded.case_undecided
        and loaded.facts.kind is OrderKind.PICKUP
        and step is OrderStep.FINISH
        and not papers
    ):
        raise PapersToBeReturned(loaded.row.case_state)
    case = await dispatched_case(loaded)
    taken = await _step(loaded, step, reason=reason, window=window, signed=signed)
    if case is not None:
        taken = await stepped(loaded, case, step, taken)
    if step is OrderStep.FINISH and not papers:
        await _require_delivered(loaded)
    order_id = await save(loaded, taken)
    moved = movement_of(loaded.facts.kind, step, papers=papers, case_number=case_number)
    if moved is not None:
        note = f"帮办单 {loaded.row.number}"
        if moved is CustodyKind.TAKEN:
            begun = loaded.facts.started_at
            await take_papers(work, number=case_number, papers=papers, note=note, begun=begun)
        else:
            await return_papers(work, number=case_number, papers=papers, note=note)
    return order_id


async def _require_delivered(loaded: Loaded) -> None:
    """Nobody ends a delivery with nothing handed over who has it still. Raises ``PapersToBeDelivered``."""
    if loaded.facts.kind is not OrderKind.DELIVERY or loaded.row.case_id is None:
        return
    if Holder(staff_id=loaded.actor.id) in await holders_of(loaded.work, loaded.row.case_id):
        raise PapersToBeDelivered


def _check_reason(loaded: Loaded, reason: str | None) -> None:
    """What is given as a reason is read by whoever asked, and by the next helper.

    Raises ``PhraseBanned`` where staff say it (DOMAIN B05), InvalidInput, ``NumberInText``.
    """
    free_words(reason, fields=("input.reason",))
    if loaded.actor.is_staff:
        row = loaded.row
        check_words(loaded.work, f"order:{row.number}", row.area_id, reason=reason)


async def _step(
    loaded: Loaded, step: OrderStep, *, reason: str | None, window: Window | None, signed: Signed | None
) -> Transition:
    facts, actor, at, settings = loaded.facts, loaded.actor, loaded.work.now, loaded.settings
    match step:
        case OrderStep.START:
            if facts.holder_id != actor.id:
                raise NotYourOrder
            if loaded.case_undecided and facts.kind is OrderKind.PICKUP:  # nothing is taken for it any more
                raise IllegalTransition(loaded.row.case_state)
            return working.start(facts, await loaded.claimant(), settings=settings, actor=actor, at=at)
        case OrderStep.FINISH:
            signature = await signature_of(loaded, signed)
            return working.finish(facts, signature=signature, actor=actor, at=at)
        case OrderStep.FAIL | OrderStep.RELEASE if loaded.case_undecided and facts.kind in AT_THE_DOOR:
            return ending.end_in_vain(facts, reason=reason or "", actor=actor, at=at)
        case OrderStep.FAIL:
            return working.fail(facts, reason=reason or "", window=window, actor=actor, at=at)
        case OrderStep.RELEASE:
            return working.release(
                facts, await loaded.places(), reason=reason or "", settings=settings, actor=actor, at=at
            )
        case OrderStep.CANCEL:
            return ending.cancel(
                facts,
                reason=reason,
                may_place=loaded.may(Permission.ORDER_PLACE),
                may_dispatch=loaded.may(Permission.ORDER_DISPATCH),
                actor=actor,
                at=at,
            )


async def rate_order(work: Work, *, number: str, grade: Grade, comment: str | None) -> UUID:
    """The one rating of a done order by whoever asked. Raises as ``ending.rate``."""
    loaded = await load_order(work, number=number, one_of=(Permission.ORDER_PLACE,))
    transition = ending.rate(loaded.facts, grade=grade, comment=comment, actor=loaded.actor, at=work.now)
    return await save(loaded, transition)
