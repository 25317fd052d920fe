"""Results that were sent in as files: when their applicant may have them, and who may on the applicant's behalf."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, and_

from bangban.features.cases.rules.authority import require_authority
from bangban.features.cases.service.loading import Loaded
from bangban.features.cases.values import AuthorisationScope, CaseOutcome, CaseState, HelpKind, ResultStanding
from bangban.kernel.access.vocabulary import Permission

_WITH_RESULT = (CaseState.COMPLETED, CaseState.CLOSED)


def is_given_out(case: Any) -> ColumnElement[bool]:
    """Whether the result of a case is there for its applicant, of the columns of its row.

    Not before it is granted and the case over, not while it waits for those of other cases (DOMAIN D11), and not once
    it was withdrawn (D10): a document that is sent in ahead of the decision is no result yet.
    """
    return and_(
        case.state.in_(_WITH_RESULT),
        case.outcome.is_distinct_from(CaseOutcome.REFUSED),
        case.result_held.is_not(True),
        case.result_standing.is_distinct_from(ResultStanding.WITHDRAWN),
    )


def goes_for_applicant(loaded: Loaded) -> bool:
    """Whether the caller would have the result of an AGENCY case as its applicant's agent, not as the office's."""
    agency = loaded.facts.help is HelpKind.AGENCY and loaded.actor.is_staff
    return agency and loaded.may(Permission.CUSTODY_RECORD) and not loaded.may(Permission.CASE_COMPLETE)


def require_receiver(loaded: Loaded, *, field: str) -> None:
    """Refuse agents of the applicant who may not receive the result (invariant 5), as custody does with papers.

    Raises ``AuthorisationRequired`` at ``field``.
    """
    if goes_for_applicant(loaded):
        scopes = frozenset({AuthorisationScope.RECEIVE_RESULT})
        require_authority(loaded.facts.authorisation, scopes, today=loaded.occasion.today, field=field)
