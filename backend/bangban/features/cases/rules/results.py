"""结果发放: when a result may reach its applicant (DOMAIN D11). Whatever gives a result out asks here."""

from __future__ import annotations

from bangban.features.cases.paper_problems import ResultHeld
from bangban.features.cases.rules.facts import CaseFacts
from bangban.features.cases.values import CaseOutcome, ResultStanding


def is_held(*, held: bool, outcome: CaseOutcome | None, standing: ResultStanding | None) -> bool:
    """Whether a result waits for those of other cases.

    A refusal holds nothing, nor does a result that was withdrawn: grounds and remedies are told at once.
    """
    return held and outcome is not CaseOutcome.REFUSED and standing is not ResultStanding.WITHDRAWN


def require_given_out(case: CaseFacts) -> None:
    """Refuse to give a result to its applicant that waits for those of other cases. Raises ``ResultHeld``."""
    if is_held(held=case.result_held, outcome=case.outcome, standing=case.result_standing):
        raise ResultHeld
