"""交接 (DOMAIN C04): a case goes from hand to hand and is never without one.

The sender holds it and answers for it until exactly the person it was offered to takes it. The first-asked
owner stays the same through all of it (DOMAIN B01, invariants 2 and 6).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from bangban.features.cases.problems import HandoverPending, IllegalTransition, NoHandover, NotTheHolder
from bangban.features.cases.rules.facts import LIVE, Actor, CaseFacts, Handover, Occasion
from bangban.features.cases.rules.papers import Papers, named_papers
from bangban.features.cases.rules.transition import Announcement, Audit, Transition, moved
from bangban.features.cases.values import CaseState, EventKind
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.identifiers import reason_of
from bangban.kernel.problems import InvalidInput

EXPIRED_ZH = "逾时未接收,自动退回"


def hand_over(
    case: CaseFacts,
    *,
    to_id: UUID,
    to_name: str,
    reason: str,
    may_dispatch: bool,
    papers: Sequence[Papers] = (),
    actor: Actor,
    occasion: Occasion,
) -> Transition:
    """交接: offered by the holder, or by somebody who dispatches 派单 at the area, who is then named.

    ``papers`` are in the holder's hands, which custody has made sure of; they go with the case once it is taken.

    Raises:
        IllegalTransition: Nobody works on the case any more.
        NotTheHolder: The actor neither holds the case nor dispatches.
        HandoverPending: It is offered to somebody already.
        InvalidInput: No reason, or the receiver holds it already.
    """
    if case.state not in LIVE:
        raise IllegalTransition(case.state)
    dispatched = actor.id != case.holder_id
    if dispatched and not may_dispatch:
        raise NotTheHolder
    if case.handover_pending:
        raise HandoverPending
    if to_id == case.holder_id:
        raise InvalidInput(
            "This person holds the case already.", "此人已是该办件的承办人。", fields=("input.toStaffId",)
        )
    why = reason_of(reason)
    return moved(
        replace(
            case,
            handover=Handover(
                from_id=case.holder_id,
                to_id=to_id,
                reason=why,
                offered_at=occasion.at,
                papers=tuple(papers),
            ),
        ),
        EventKind.HANDED_OVER,
        actor=actor,
        was=case.state,
        to=case.state,
        note=f"{'派单' if dispatched else '交接'}给{to_name}:{why}"
        + (f";随交材料:{_named(case, papers)}" if papers else ""),
        audit=Audit(
            action=Permission.CASE_HAND_OVER,
            details={
                "from": str(case.holder_id),
                "to": str(to_id),
                "dispatched": dispatched,
                **(
                    {"papers": {each.code: [each.originals, each.copies] for each in papers}}
                    if papers
                    else {}
                ),
            },
        ),
        announce=Announcement.HANDOVER,
    )


def take_over(
    case: CaseFacts, *, without_papers: bool = False, actor: Actor, occasion: Occasion
) -> Transition:
    """接收: the receiver holds the case from now on; work on an accepted one is then in progress.

    Its papers come with it. ``without_papers``: the receiver states that they did not, and they stay with the sender.

    Raises:
        NoHandover: Nothing is offered to this actor.
    """
    handover = _offered_to(case, actor)
    left = without_papers and bool(handover.papers)
    return moved(
        replace(case, holder_id=actor.id, handover=replace(handover, taken_at=occasion.at)),
        EventKind.TAKEN_OVER,
        actor=actor,
        was=case.state,
        to=CaseState.IN_PROGRESS if case.state is CaseState.ACCEPTED else case.state,
        note=f"未接收随交材料,仍由移交人保管:{_named(case, handover.papers)}" if left else None,
        audit=Audit(
            action=Permission.CASE_TAKE_OVER,
            details={"from": str(handover.from_id), **({"withoutPapers": True} if left else {})},
        ),
        announce=Announcement.TAKEN_OVER,
    )


def give_back(case: CaseFacts, *, reason: str, actor: Actor, occasion: Occasion) -> Transition:
    """退回: the receiver declines; the sender holds the case as before.

    Raises:
        NoHandover: Nothing is offered to this actor.
        InvalidInput: No reason.
    """
    handover = _offered_to(case, actor)
    why = reason_of(reason)
    return moved(
        replace(case, handover=replace(handover, returned_at=occasion.at, return_reason=why)),
        EventKind.RETURNED,
        actor=actor,
        was=case.state,
        to=case.state,
        note=why,
        audit=Audit(action=Permission.CASE_RETURN, details={"to": str(handover.from_id)}),
        announce=Announcement.HANDOVER_RETURNED,
    )


def expire(case: CaseFacts, *, actor: Actor, occasion: Occasion) -> Transition:
    """交接超时: nobody took it in time, so it is with the sender, who held it all the while (DOMAIN C04).

    Raises:
        NoHandover: Nothing is open.
    """
    handover = case.handover
    if handover is None or not handover.pending:
        raise NoHandover
    return moved(
        replace(case, handover=replace(handover, returned_at=occasion.at, return_reason=EXPIRED_ZH)),
        EventKind.EXPIRED,
        actor=actor,
        was=case.state,
        to=case.state,
        note=EXPIRED_ZH,
        audit=Audit(action=Permission.CASE_RETURN, details={"to": str(handover.from_id), "expired": True}),
        announce=Announcement.HANDOVER_EXPIRED,
    )


def send_back(
    case: CaseFacts, *, to_id: UUID, to_name: str, reason: str, actor: Actor, occasion: Occasion
) -> Transition:
    """退回原单位: the owner of the item holds the case from now on, since its delegation was withdrawn (DOMAIN G07).

    Nobody has to take it: whoever held it may not go on. Raises IllegalTransition, HandoverPending; a hand-over that
    is open is recalled first.
    """
    if case.state not in LIVE:
        raise IllegalTransition(case.state)
    if case.handover_pending:
        raise HandoverPending
    why = reason_of(reason)
    handover = Handover(
        from_id=case.holder_id, to_id=to_id, reason=why, offered_at=occasion.at, taken_at=occasion.at
    )
    return moved(
        replace(case, holder_id=to_id, handover=handover),
        EventKind.HANDED_OVER,
        actor=actor,
        was=case.state,
        to=case.state,
        note=f"收回下放,退回给{to_name}:{why}",
        audit=Audit(
            action=Permission.CASE_HAND_OVER,
            details={"from": str(case.holder_id), "to": str(to_id), "withdrawn": True},
        ),
        announce=Announcement.SENT_BACK,
    )


def recall(case: CaseFacts, *, reason: str, actor: Actor, occasion: Occasion) -> Transition:
    """收回交接: an open hand-over ends, and the sender holds the case as before. Raises NoHandover."""
    if case.handover is None or not case.handover.pending:
        raise NoHandover
    why = reason_of(reason)
    return moved(
        replace(case, handover=replace(case.handover, returned_at=occasion.at, return_reason=why)),
        EventKind.RECALLED,
        actor=actor,
        was=case.state,
        to=case.state,
        note=why,
        audit=Audit(action=Permission.CASE_HAND_OVER, details={"recalled": str(case.handover.to_id)}),
        announce=Announcement.HANDOVER_RECALLED,
    )


def _named(case: CaseFacts, papers: Sequence[Papers]) -> str:
    return named_papers(papers, {each.code: each.name for each in case.materials})


def _offered_to(case: CaseFacts, actor: Actor) -> Handover:
    if case.handover is None or not case.handover.pending or case.handover.to_id != actor.id:
        raise NoHandover
    return case.handover
