"""Refusals about a district as the platform sees it."""

from __future__ import annotations

from bangban.kernel.problems import ErrorCode, Problem


class DistrictNotOpen(Problem):
    """Only an open district is suspended, and only a suspended one is opened again."""

    code = ErrorCode.CONFLICT
    zh = "该地区的状态为 {status},不能进行此操作。"
    en = "The district is {status}; that cannot be done to it."


class ReasonFaulty(Problem):
    zh = "请写明原因,1 至 {most} 个字符;该原因会显示给所有访问者。"
    en = "Give a reason of 1 to {most} characters; everybody who comes meanwhile reads it."

    def __init__(self, most: int) -> None:
        super().__init__(fields=("input.reason",), most=most)
