"""The value lists of joint handling, described for the API."""

from __future__ import annotations

from bangban.features.joint.values import BundleState, ReleaseChoice
from bangban.kernel.graphql.enums import describe

describe(
    ReleaseChoice,
    "How the applicant wants the results 结果领取方式.",
    {
        ReleaseChoice.TOGETHER: "When all are decided 一并领取.",
        ReleaseChoice.IN_PARTS: "Each as it comes 分批领取.",
    },
)
describe(
    BundleState,
    "How an application for several matters stands, seen from all of them 一件事状态.",
    {
        BundleState.SUBMITTED: "Applied for; nothing is accepted yet 已申请.",
        BundleState.AWAITING_MATERIALS: "One of the matters waits for papers 待补正.",
        BundleState.IN_PROGRESS: "On its way 办理中.",
        BundleState.COMPLETED: "All done 全部办成.",
        BundleState.PARTLY_COMPLETED: "Over; some were not done, each with its reason 部分办成.",
        BundleState.NOT_COMPLETED: "Over; none was done, each with its reason 均未办成.",
        BundleState.WITHDRAWN: "All withdrawn 已撤回.",
    },
)

__all__ = ["BundleState", "ReleaseChoice"]
