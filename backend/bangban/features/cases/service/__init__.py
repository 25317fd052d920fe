"""Use cases of casework: load → authorise → rules → save → record. Each runs in the caller's work."""

from bangban.features.cases.service.applicant import ApplicantDetails
from bangban.features.cases.service.application import GivenAuthorisation, apply_for_case
from bangban.features.cases.service.casework import (
    MissingMaterial,
    accept_case,
    complete_case,
    decline_case,
    pre_check_case,
    rate_case,
    resume_case,
    supply_materials,
    suspend_case,
    terminate_case,
    withdraw_case,
)
from bangban.features.cases.service.relay import hand_over_case, return_case, take_over_case
from bangban.features.cases.service.reveal import Revealed, reveal_applicant

__all__ = [
    "ApplicantDetails",
    "GivenAuthorisation",
    "MissingMaterial",
    "Revealed",
    "accept_case",
    "apply_for_case",
    "complete_case",
    "decline_case",
    "hand_over_case",
    "pre_check_case",
    "rate_case",
    "resume_case",
    "return_case",
    "reveal_applicant",
    "supply_materials",
    "suspend_case",
    "take_over_case",
    "terminate_case",
    "withdraw_case",
]
