"""The rules of custody 材料流转 (DOMAIN C09, invariant 7): what is taken is returned or comes to its final place.

Pure: the ledger of one case and a wish in, one ``Movement`` out. Papers are held by people, who have them under way,
and by units, where they are filed. Whatever a unit holds is in balance; what a person holds is not, so that a case
with papers in somebody's hands is neither completed nor closed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, TypeAlias
from uuid import UUID

from bangban.features.cases.problems import IllegalTransition
from bangban.features.cases.rules.authority import require_authority
from bangban.features.cases.rules.facts import LIVE, CaseFacts, Occasion
from bangban.features.cases.rules.papers import Papers
from bangban.features.cases.rules.results import require_given_out
from bangban.features.cases.values import AuthorisationScope, CaseState, EventKind, HelpKind
from bangban.features.custody.problems import PapersNotHeld, ResultNotReady
from bangban.features.custody.values import RESULT, CustodyKind
from bangban.kernel.problems import InvalidInput

MOST: Final = 1_000
"""Originals or copies of one material that one entry may name."""


@dataclass(frozen=True, slots=True)
class Holder:
    """Who has papers: a person or a unit."""

    staff_id: UUID | None = None
    area_id: UUID | None = None

    @property
    def is_person(self) -> bool:
        return self.staff_id is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """Papers that went from one to the other; None is the applicant."""

    kind: CustodyKind
    papers: Papers
    giver: Holder | None
    receiver: Holder | None


Pile: TypeAlias = tuple[Holder, str, bool]
"""One holder's originals (True) or copies of one material."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Movement:
    """What one act moves; ``out`` is how many sheets people hold after it."""

    moved: tuple[Moved, ...]
    out: int
    event: EventKind


def piles(moves: Iterable[Moved]) -> Mapping[Pile, int]:
    """Who holds how much, from everything that was ever moved; nothing that is empty."""
    held: Counter[Pile] = Counter()
    for each in moves:
        for holder, sign in ((each.giver, -1), (each.receiver, 1)):
            if holder is not None:
                held[holder, each.papers.code, True] += sign * each.papers.originals
                held[holder, each.papers.code, False] += sign * each.papers.copies
    return {pile: count for pile, count in held.items() if count}


def out_of_balance(moves: Iterable[Moved]) -> int:
    """How many sheets are in people's hands: neither returned nor at their final place."""
    return sum(count for (holder, _, _), count in piles(moves).items() if holder.is_person)


def take(
    case: CaseFacts,
    ledger: Sequence[Moved],
    papers: Sequence[Papers],
    *,
    by: UUID,
    occasion: Occasion,
    begun: datetime | None = None,
) -> Movement:
    """代收: from the applicant while the case goes on or its result waits for papers; the result 代领, once there.

    And by whoever set out for them before the case ended (``begun``): given at a door, they are to be returned.

    Raises:
        IllegalTransition: The case has ended, so nothing more is taken for it.
        ResultNotReady: The result is named and there is none yet.
        ResultHeld: The result is named and waits for those of other cases.
        AuthorisationRequired: An AGENCY case without authority to supply, or to receive the result (invariant 5).
        InvalidInput: No papers, none of something, or a material that the case does not have.
    """
    _require_known(papers, {each.code for each in case.materials} | {RESULT})
    results = [each for each in papers if each.code == RESULT]
    if results and case.state not in (CaseState.COMPLETED, CaseState.CLOSED):
        raise ResultNotReady
    if results:
        require_given_out(case)
    ended = case.ended_at or case.completed_at
    on_the_way = begun is not None and ended is not None and begun <= ended
    if len(results) < len(papers) and case.state not in LIVE and not (case.conditional or on_the_way):
        raise IllegalTransition(case.state)
    if case.help is HelpKind.AGENCY:
        if results:
            _authority(case, AuthorisationScope.RECEIVE_RESULT, occasion)
        if len(results) < len(papers):
            _authority(case, AuthorisationScope.SUPPLY_MATERIALS, occasion)
    moved = [
        Moved(kind=CustodyKind.TAKEN, papers=each, giver=None, receiver=Holder(staff_id=by))
        for each in papers
    ]
    return _movement(ledger, moved, EventKind.PAPERS_TAKEN)


def forward(
    ledger: Sequence[Moved], papers: Sequence[Papers], *, giver: Holder, receiver: Holder
) -> Movement:
    """转交: to whoever goes on with them, or to the unit where they stay. In any state: papers outlive a case's end.

    Raises:
        PapersNotHeld: The giver does not hold so many of them.
        InvalidInput: No papers, none of something, or the receiver is the giver.
    """
    if giver == receiver:
        raise InvalidInput("The papers are there already.", "材料已在其手中。", fields=("input.toStaffId",))
    require_held(ledger, papers, giver)
    moved = [
        Moved(kind=CustodyKind.FORWARDED, papers=each, giver=giver, receiver=receiver) for each in papers
    ]
    return _movement(ledger, moved, EventKind.PAPERS_FORWARDED)


def give_back(
    case: CaseFacts, ledger: Sequence[Moved], papers: Sequence[Papers], *, giver: Holder
) -> Movement:
    """退还: to the applicant, in any state. The result is delivered 送达 this way.

    Raises:
        ResultHeld: The result is named and waits for those of other cases.
        PapersNotHeld, InvalidInput: as ``forward``.
    """
    if any(each.code == RESULT for each in papers):
        require_given_out(case)
    require_held(ledger, papers, giver)
    moved = [Moved(kind=CustodyKind.RETURNED, papers=each, giver=giver, receiver=None) for each in papers]
    return _movement(ledger, moved, EventKind.PAPERS_RETURNED)


def _movement(ledger: Sequence[Moved], moved: Sequence[Moved], event: EventKind) -> Movement:
    return Movement(moved=tuple(moved), out=out_of_balance((*ledger, *moved)), event=event)


def _authority(case: CaseFacts, scope: AuthorisationScope, occasion: Occasion) -> None:
    require_authority(case.authorisation, frozenset({scope}), today=occasion.today)


def require_held(ledger: Sequence[Moved], papers: Sequence[Papers], giver: Holder) -> None:
    """Refuse what the giver does not hold. Raises ``PapersNotHeld``, and InvalidInput as ``forward``."""
    _require_known(papers, None)
    held = piles(ledger)
    short = [
        each.code
        for each in papers
        if held.get((giver, each.code, True), 0) < each.originals
        or held.get((giver, each.code, False), 0) < each.copies
    ]
    if short:
        raise PapersNotHeld(short)


def _require_known(papers: Sequence[Papers], codes: Collection[str] | None) -> None:
    named = [each.code for each in papers]
    counted = all(0 <= each.originals <= MOST and 0 <= each.copies <= MOST and each.sheets for each in papers)
    if not papers or len(set(named)) != len(named) or not counted:
        raise InvalidInput(
            f"Name each material once, with at least one and at most {MOST} originals or copies.",
            f"每种材料列一次,原件或复印件至少一份、最多 {MOST} 份。",
            fields=("input.papers",),
        )
    unknown = [] if codes is None else [code for code in named if code not in codes]
    if unknown:
        raise InvalidInput(
            f"The case has no such material: {', '.join(unknown)}.",
            f"该办件没有以下材料:{'、'.join(unknown)}。",
            fields=("input.papers.code",),
        )
