"""签收告知: that a one-time notice was given is acknowledged, once, by whom it is for (DOMAIN B03)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from bangban.features.cases.paper_problems import AcknowledgedAlready, NothingToAcknowledge, NotYoursToSign
from bangban.features.cases.problems import IllegalTransition
from bangban.features.cases.rules.authority import require_authority
from bangban.features.cases.rules.facts import LIVE, Actor, CaseFacts, Occasion
from bangban.features.cases.rules.transition import Audit, Transition, moved
from bangban.features.cases.values import AuthorisationScope, EventKind, HelpKind, NoticeChannel, NoticeSigner
from bangban.features.catalog.values import Channel
from bangban.kernel.access.vocabulary import Permission

_ACTING: Final = frozenset({AuthorisationScope.APPLY, AuthorisationScope.SUPPLY_MATERIALS})

USUAL_CHANNEL: Final[Mapping[Channel, NoticeChannel]] = {
    Channel.HALL: NoticeChannel.COUNTER,
    Channel.STATION: NoticeChannel.COUNTER,
    Channel.BANK: NoticeChannel.COUNTER,
    Channel.TERMINAL: NoticeChannel.ONLINE,
    Channel.MOBILE: NoticeChannel.ONLINE,
    Channel.WEB: NoticeChannel.ONLINE,
    Channel.PHONE: NoticeChannel.PHONE,
    Channel.PROXY: NoticeChannel.COUNTER,
    Channel.DOOR: NoticeChannel.DOOR,
}
"""How a notice is given where nobody says: by the door that the case came through."""


def acknowledge_notice(
    case: CaseFacts, *, signer: NoticeSigner | None, actor: Actor, occasion: Occasion
) -> Transition:
    """The latest notice is acknowledged: by the applicant, by whoever acts for them, or by a signature that staff saw.

    Without ``signer`` it is the applicant who does, and for staff a signature that they saw.

    Raises:
        IllegalTransition: The case is over.
        NothingToAcknowledge: No notice was given.
        AcknowledgedAlready: The second of two, also of two at once.
        NotYoursToSign: Staff in the applicant's name, an applicant in the staff's, or nobody is acted for. And as
            whoever acts for the applicant: anybody but the holder, and whoever gave the notice, who acts for the hall.
        AuthorisationRequired: Acting for the applicant without authority (invariant 5).
    """
    if case.state not in LIVE:
        raise IllegalTransition(case.state)
    if case.notice is None:
        raise NothingToAcknowledge
    if case.notice.acknowledged_at is not None:
        raise AcknowledgedAlready
    by = signer or (NoticeSigner.AT_COUNTER if actor.is_staff else NoticeSigner.APPLICANT)
    if actor.is_staff is (by is NoticeSigner.APPLICANT):
        raise NotYoursToSign
    if by is NoticeSigner.REPRESENTATIVE:
        if (
            case.help is not HelpKind.AGENCY
            or actor.id != case.holder_id
            or actor.id == case.notice.issued_by
        ):
            raise NotYoursToSign
        require_authority(case.authorisation, _ACTING, today=occasion.today)
    acknowledged = replace(
        case.notice,
        acknowledged_at=occasion.at,
        acknowledged_by=by,
        acknowledged_to=actor.id if actor.is_staff else None,
    )
    return moved(
        replace(case, notice=acknowledged),
        EventKind.NOTICE_ACKNOWLEDGED,
        actor=actor,
        was=case.state,
        to=case.state,
        audit=Audit(
            action=Permission.CASE_SUPPLY, details={"notice": acknowledged.ordinal, "acknowledged": by.value}
        ),
    )
