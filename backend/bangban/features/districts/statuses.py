"""The life of a district, described for the API; every feature that shows it takes it from here."""

from __future__ import annotations

from bangban.kernel.graphql.enums import describe
from bangban.kernel.tenancy.tables import DistrictStatus

__all__ = ["DistrictStatus"]

describe(
    DistrictStatus,
    "Life of a district 地区状态.",
    {
        DistrictStatus.PROVISIONING: "Being set up 开通中.",
        DistrictStatus.LIVE: "Open for business 已上线.",
        DistrictStatus.SUSPENDED: "Suspended; auditors may read 已暂停.",
        DistrictStatus.LEAVING: "Leaving the platform 退出中.",
    },
)
