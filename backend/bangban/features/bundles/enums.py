"""The value lists of bundles, described for the API."""

from __future__ import annotations

from bangban.features.bundles.values import BundleKind
from bangban.kernel.graphql.enums import describe

describe(
    BundleKind,
    "Kind of bundle 一件事类型.",
    {
        BundleKind.MATTERS: "Several matters that belong together in life 多事项联办.",
        BundleKind.CONFIRMATIONS: "One request, a confirmation of each department 多部门出证.",
    },
)

__all__ = ["BundleKind"]
