"""PostGraphile's answers in the shape of this API's: lists of nodes as edges, flat columns as objects."""

from __future__ import annotations

from typing import Any


def reshaped(data: dict[str, Any]) -> dict[str, Any]:
    """The whole answer, rearranged. Nothing is added or left out."""
    return {key: _value(each) for key, each in data.items()}


def _value(value: Any) -> Any:
    if isinstance(value, list):
        return [_value(each) for each in value]
    if not isinstance(value, dict):
        return value
    found = {key: _value(each) for key, each in value.items()}
    if "nodes" in found:
        found["edges"] = [{"node": each} for each in found.pop("nodes")]
    if "applicantKind" in found:
        applicant = {
            "kind": found.pop("applicantKind"),
            "name": found.pop("applicantName"),
            "phone": found.pop("phoneMasked"),
        }
        if "identityMasked" in found:
            applicant["identityNumber"] = found.pop("identityMasked")
        found["applicant"] = applicant
    if "feeAmount" in found:
        amount, basis = found.pop("feeAmount"), found.pop("feeBasis")
        found["fee"] = None if amount is None else {"amount": amount, "basis": basis}
    return found
