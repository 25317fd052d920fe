"""委托 withdrawn and given anew (DOMAIN 3.7): a running case goes on either way.

After a revocation the case stays what it was, an AGENCY case whose acts for the applicant are refused: supplying,
collecting, taking papers. The applicant does these, until another authorisation 续办委托书 is given. What the office
does of its own right, such as pre-check and acceptance, goes on, and so does the clock.
"""

from __future__ import annotations

from dataclasses import replace

from bangban.features.cases.problems import ApplicantsOwnWordNeeded, AuthorisationEnded, IllegalTransition
from bangban.features.cases.rules.authority import SCOPE_ZH
from bangban.features.cases.rules.facts import (
    FINAL,
    LIVE,
    Actor,
    Authorisation,
    CaseFacts,
    Occasion,
    with_words_of_applicant,
)
from bangban.features.cases.rules.transition import Announcement, Audit, Transition, moved
from bangban.features.cases.values import EventKind, HelpKind
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.identifiers import free_words
from bangban.kernel.problems import InvalidInput


def revoke(case: CaseFacts, *, reason: str | None, actor: Actor, occasion: Occasion) -> Transition:
    """撤销委托: by the applicant, or by staff who state the applicant's word.

    Raises:
        IllegalTransition: The case is over.
        AuthorisationEnded: There is none in force to withdraw.
        InvalidInput: Staff who do not say why.
    """
    if case.state in FINAL:
        raise IllegalTransition(case.state)
    given = case.authorisation
    if given is None or given.revoked_at is not None:
        raise AuthorisationEnded
    why = free_words(reason, fields=("input.reason",)) if actor.is_staff else None
    if actor.is_staff and why is None:
        raise InvalidInput(
            "State the applicant's reason.", "请填写申请人撤销委托的理由。", fields=("input.reason",)
        )
    if not actor.is_staff:
        case = with_words_of_applicant(case, reason, fields=("input.reason",))
    return moved(
        replace(case, authorisation=replace(given, revoked_at=occasion.at)),
        EventKind.AUTHORISATION_REVOKED,
        actor=actor,
        was=case.state,
        to=case.state,
        note=why,
        audit=Audit(action=Permission.CASE_AUTHORISE, details={"revoked": True}),
    )


def renew(
    case: CaseFacts,
    given: Authorisation,
    *,
    taken_back: bool = False,
    actor: Actor,
    occasion: Occasion,
) -> Transition:
    """续办委托: another authorisation instead of the one that ran out, was withdrawn or is too narrow.

    ``taken_back``: the applicant withdrew the last one in person, so that only the applicant gives another.

    Raises:
        IllegalTransition: Nobody works on the case any more.
        ApplicantsOwnWordNeeded: Staff, after the applicant took it back.
        InvalidInput: The case is no AGENCY case; or nothing is authorised, or nothing from today on.
    """
    if case.state not in LIVE:
        raise IllegalTransition(case.state)
    if case.help is not HelpKind.AGENCY:
        raise InvalidInput(
            "Helping needs no authorisation.", "帮办无需委托书。", fields=("input.authorisation",)
        )
    if taken_back and actor.is_staff:
        raise ApplicantsOwnWordNeeded(fields=("input.authorisation",))
    if not given.scope or given.valid_until < occasion.today:
        raise InvalidInput(
            "Say what is authorised, until today or a later day.",
            "请填写委托权限,委托截止日期不得早于今天。",
            fields=("input.authorisation",),
        )
    scope = "、".join(SCOPE_ZH[each] for each in sorted(given.scope))
    return moved(
        replace(case, authorisation=given),
        EventKind.AUTHORISED,
        actor=actor,
        was=case.state,
        to=case.state,
        note=f"{scope};至 {given.valid_until}",
        audit=Audit(
            action=Permission.CASE_AUTHORISE,
            details={"scope": sorted(each.value for each in given.scope), "until": str(given.valid_until)},
        ),
        announce=Announcement.AUTHORISED if actor.is_staff else None,
    )
