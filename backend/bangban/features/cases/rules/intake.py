"""申请—初审—反馈: a case comes in, is looked at, and its applicant hears once of all that is missing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

from bangban.features.cases.paper_problems import SecondNotice
from bangban.features.cases.problems import IllegalTransition
from bangban.features.cases.rules import materials
from bangban.features.cases.rules.authority import require_authority
from bangban.features.cases.rules.facts import (
    AFTER_ACCEPTANCE,
    BEFORE_ACCEPTANCE,
    Actor,
    CaseFacts,
    Notice,
    Occasion,
    Supplying,
)
from bangban.features.cases.rules.silence import answered
from bangban.features.cases.rules.transition import Announcement, Audit, Event, Transition, Violation, moved
from bangban.features.cases.values import AuthorisationScope, CaseState, EventKind, HelpKind, MaterialState
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.identifiers import free_words
from bangban.kernel.problems import InvalidInput

SECOND_NOTICE = "SECOND_NOTICE"  # the kind of violation

_APPLYING = frozenset({AuthorisationScope.APPLY})
_SUPPLYING = frozenset({AuthorisationScope.SUPPLY_MATERIALS})
_ANYTHING = frozenset(AuthorisationScope)


def submit(case: CaseFacts, *, actor: Actor, occasion: Occasion) -> Transition:
    """申请. ``case`` is as applied for, with the holder and first-asked owner it will have.

    What the office fetches by itself 数据多跑路 is exempt from the start, and the record says so (DOMAIN F04).

    Raises:
        AuthorisationRequired: AGENCY without an authorisation in force; staff who apply for the applicant
            need one that covers applying.
        InvalidInput: An authorisation for a case that needs none.
    """
    if case.help is HelpKind.AGENCY:
        require_authority(
            case.authorisation,
            _APPLYING if actor.is_staff else _ANYTHING,
            today=occasion.today,
            field="input.authorisation",
        )
    elif case.authorisation is not None:
        raise InvalidInput(
            "Helping needs no authorisation; choose AGENCY if the helper is to act for the applicant.",
            "帮办无需委托书;如需帮办人员代为办理,请选择代办。",
            fields=("input.authorisation",),
        )
    exempt = [each for each in case.materials if each.state is MaterialState.EXEMPT]
    return Transition(
        case=case,
        event=Event(
            kind=EventKind.SUBMITTED,
            from_state=None,
            to_state=CaseState.SUBMITTED,
            actor=actor.shown,
            note=f"数据共享免交:{'、'.join(each.name for each in exempt)}" if exempt else None,
        ),
        audit=Audit(
            action=Permission.CASE_APPLY,
            details={
                "help": case.help.value,
                **({"exempt": [each.code for each in exempt]} if exempt else {}),
            },
        ),
        announce=(
            Announcement.CHANGED,
            Announcement.SUBMITTED,
            # What staff say that the applicant gave, the applicant is told.
            *([Announcement.AUTHORISED] if actor.is_staff and case.authorisation is not None else []),
        ),
    )


def pre_check(case: CaseFacts, *, opinion: str | None, actor: Actor) -> Transition:
    """初审通过: all that is required is there, or could be tolerated; the case may be accepted.

    Also after a notice whose remaining materials could be tolerated. A case that is ready is checked
    again only where materials came in since, so of two who check at once exactly one does.

    Raises:
        IllegalTransition: The case is past its pre-check, or has just had it.
        MaterialsMissing: Names everything that is still missing and cannot be tolerated.
    """
    checked = case.state is CaseState.PRE_CHECKING and case.last_check is EventKind.PRE_CHECKED
    if case.state not in BEFORE_ACCEPTANCE or checked:
        raise IllegalTransition(case.state)
    materials.require_complete_enough(case.materials)
    return moved(
        case,
        EventKind.PRE_CHECKED,
        actor=actor,
        was=case.state,
        to=CaseState.PRE_CHECKING,
        note=free_words(opinion, fields=("input.opinion",)),
        audit=Audit(action=Permission.CASE_PRE_CHECK),
    )


def give_notice(
    case: CaseFacts,
    reasons: Mapping[str, str],
    *,
    opinion: str | None,
    deadline: date | None,
    supplying: Supplying | None = None,
    may_repeat: bool,
    actor: Actor,
    occasion: Occasion,
) -> Transition:
    """反馈: the one-time notice 一次性告知 of everything that is missing, by material code and reason.

    It names tolerable materials too and says that they are: the applicant hears of everything at once.
    ``supplying`` says how it is given, and how and where to supply what is missing.
    A second notice is a breach; with ``may_repeat`` it is given and recorded as one (DOMAIN B03). So is one after
    the days that the law leaves, which keeps nobody from counting the case as accepted (``silence``).

    Raises:
        IllegalTransition: The case is accepted or at its end.
        SecondNotice: There was a notice already, and the actor may not repeat it.
        NoticeIncomplete: Something missing is left out.
        InvalidInput: A reason is empty, a material is unknown or not owed, the deadline is not in the future.
    """
    if case.state not in BEFORE_ACCEPTANCE:
        raise IllegalTransition(case.state)
    if case.notice is not None and not may_repeat:
        raise SecondNotice
    if deadline is not None and deadline <= occasion.today:
        raise InvalidInput(
            "The deadline for supplying materials must be later than today.",
            "补正期限应在今天之后。",
            fields=("input.deadline",),
        )
    after = materials.reject(case.materials, reasons)
    told = [each for each in after if each.code in reasons]
    notice = Notice(
        ordinal=1 if case.notice is None else case.notice.ordinal + 1,
        missing=tuple(each.code for each in told),
        reasons={each.code: each.reason or "" for each in told},
        issued_at=occasion.at,
        issued_by=actor.id,
        deadline=deadline,
        supplying=supplying or Supplying(),
    )
    again = notice.ordinal > 1
    lines = [f"{each.name}{'(可容缺)' if each.tolerable else ''}:{each.reason}" for each in told]
    transition = moved(
        replace(case, materials=after, notice=notice),
        EventKind.NOTICE_ISSUED,
        actor=actor,
        was=case.state,
        to=CaseState.AWAITING_MATERIALS,
        note=";".join([*lines, *filter(None, [free_words(opinion, fields=("input.opinion",))])]),
        audit=Audit(
            action=Permission.CASE_NOTICE_AGAIN if again else Permission.CASE_PRE_CHECK,
            details={"notice": notice.ordinal, "missing": list(notice.missing)},
        ),
        announce=Announcement.NOTICE,
    )
    breach = Violation(kind=SECOND_NOTICE, note=f"第 {notice.ordinal} 次告知") if again else None
    return answered(replace(transition, violation=breach), case, occasion=occasion)


def supply(case: CaseFacts, codes: Sequence[str], *, actor: Actor, occasion: Occasion) -> Transition:
    """Materials come in. After a notice, the case is ready again when all that it named is there.

    After acceptance only tolerated materials may follow; the last of them keeps the promise. So it is once a result
    was issued with a condition, which is lifted when they were checked.

    Raises:
        IllegalTransition: Nothing is waited for in this state.
        AuthorisationRequired: Staff hand in for the applicant of an AGENCY case without authority.
        InvalidInput: A code is unknown, or none of the materials is waited for.
    """
    promised = case.tolerance_open and (case.state in AFTER_ACCEPTANCE or case.conditional)
    if case.state not in BEFORE_ACCEPTANCE and not promised:
        raise IllegalTransition(case.state)
    if actor.is_staff and case.help is HelpKind.AGENCY:
        require_authority(case.authorisation, _SUPPLYING, today=occasion.today)
    after = materials.supply(case.materials, codes, accepted=promised)
    state, tolerance = case.state, case.tolerance
    if state is CaseState.AWAITING_MATERIALS and materials.notice_met(after, case.notice):
        state = CaseState.PRE_CHECKING
    if tolerance is not None and not any(each.state is MaterialState.TOLERATED for each in after):
        tolerance = replace(tolerance, fulfilled_at=occasion.at)
    # Whoever is helped brings papers to the window; for whoever is acted for, somebody else does.
    came = actor.is_staff and case.in_hall and case.help is HelpKind.HELP
    trips = (case.trips or 0) + 1 if came else case.trips
    return moved(
        replace(case, materials=after, tolerance=tolerance, trips=trips),
        EventKind.MATERIALS_SUPPLIED,
        actor=actor,
        was=case.state,
        to=state,
        note="、".join(each.name for each in after if each.code in codes),
        audit=Audit(action=Permission.CASE_SUPPLY, details={"codes": list(codes)}),
    )
