"""Use cases of casework: load → authorise → rules → save → record. Each runs in the caller's work."""

from bangban.features.cases.service.applicant import ApplicantDetails
from bangban.features.cases.service.application import GivenAuthorisation, apply_for_case
from bangban.features.cases.service.authorising import (
    clear_broken_promise,
    renew_authorisation,
    revoke_authorisation,
)
from bangban.features.cases.service.casework import (
    MissingMaterial,
    accept_case,
    complete_case,
    decline_case,
    pre_check_case,
    resume_case,
    supply_materials,
    suspend_case,
    terminate_case,
    withdraw_case,
)
from bangban.features.cases.service.mode_fields import ModeField
from bangban.features.cases.service.next_steps import acknowledge_next_steps
from bangban.features.cases.service.notices import Telling, acknowledge_notice
from bangban.features.cases.service.rating import rate_case
from bangban.features.cases.service.relay import hand_over_case, return_case, take_over_case
from bangban.features.cases.service.returning import return_to_owner
from bangban.features.cases.service.reveal import Revealed, reveal_applicant
from bangban.features.cases.service.tracking import record_check_in

__all__ = [
    "ApplicantDetails",
    "GivenAuthorisation",
    "MissingMaterial",
    "ModeField",
    "Revealed",
    "Telling",
    "accept_case",
    "acknowledge_next_steps",
    "acknowledge_notice",
    "apply_for_case",
    "clear_broken_promise",
    "complete_case",
    "decline_case",
    "hand_over_case",
    "pre_check_case",
    "rate_case",
    "record_check_in",
    "renew_authorisation",
    "resume_case",
    "return_case",
    "return_to_owner",
    "reveal_applicant",
    "revoke_authorisation",
    "supply_materials",
    "suspend_case",
    "take_over_case",
    "terminate_case",
    "withdraw_case",
]
