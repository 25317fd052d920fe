"""How an application for a bundle stands, said in Python, beside what PostgreSQL says of it."""

from __future__ import annotations

from collections.abc import Iterable

from bangban.features.cases.rules.facts import BEFORE_ACCEPTANCE, LIVE
from bangban.features.cases.values import CaseOutcome, CaseState
from bangban.features.joint.rules import succeeded
from bangban.features.joint.values import BundleState


def state_of(members: Iterable[tuple[CaseState, CaseOutcome | None]]) -> BundleState:
    """From all its cases and nothing else."""
    found = list(members)
    states = [state for state, _ in found]
    if CaseState.AWAITING_MATERIALS in states:
        return BundleState.AWAITING_MATERIALS
    if all(state in BEFORE_ACCEPTANCE for state in states):
        return BundleState.SUBMITTED
    if any(state in LIVE for state in states):
        return BundleState.IN_PROGRESS
    if all(state is CaseState.WITHDRAWN for state in states):
        return BundleState.WITHDRAWN
    good = [succeeded(state, outcome) for state, outcome in found]
    if all(good):
        return BundleState.COMPLETED
    return BundleState.PARTLY_COMPLETED if any(good) else BundleState.NOT_COMPLETED
