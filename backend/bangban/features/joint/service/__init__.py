"""Use cases of joint handling: one application for several matters, and results issued together."""

from bangban.features.joint.service.applying import apply_for_bundle
from bangban.features.joint.service.changing import supply_bundle_materials, withdraw_bundle
from bangban.features.joint.service.releasing import issue_together, release_results
from bangban.features.joint.service.revealing import reveal_form

__all__ = [
    "apply_for_bundle",
    "issue_together",
    "release_results",
    "reveal_form",
    "supply_bundle_materials",
    "withdraw_bundle",
]
