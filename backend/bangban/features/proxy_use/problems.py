"""Refusals of proxy use."""

from __future__ import annotations

from bangban.kernel.problems import ErrorCode, NotFound, Problem


def no_such_item() -> NotFound:
    """There is no such item in force."""
    return NotFound("service", "该事项", fields=("input.serviceCode",))


class NotAName(Problem):
    """What was entered and shown is named from the district's lists: a value, such as a password, has no way in."""

    zh = "“{field}”只能填写名录中的名称:{known}。内容本身不登记。"
    en = "{field} takes names of the district's list alone, and no values: {known}."


class ConsentStale(Problem):
    """Whoever agrees is there (DOMAIN C16: same visit)."""

    zh = "同意时间应在现在之前 {hours} 小时之内。"
    en = "Consent was given within the {hours} hours before now."


class AppliedByProxyAlready(Problem):
    code = ErrorCode.CONFLICT
    zh = "该办件已登记为代操作申请。"
    en = "This case is on record as applied for by proxy already."
