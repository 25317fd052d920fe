"""Refusals about identity numbers and phones. The number itself never stands in the sentence."""

from __future__ import annotations

from bangban.kernel.identifiers.report import IdentifierReport
from bangban.kernel.problems import ErrorCode, Problem


class InvalidIdentityNumber(Problem):
    """An identity number has at least one error; every one of them is named."""

    code = ErrorCode.INVALID_INPUT
    zh = "证件号码有误：{reasons_zh}。"
    en = "This identity number is not valid: {reasons}."

    def __init__(self, report: IdentifierReport, *, fields: tuple[str, ...] = ()) -> None:
        self.findings = report.errors
        super().__init__(
            fields=fields,
            reasons="; ".join(finding.en for finding in report.errors),
            reasons_zh="；".join(finding.zh for finding in report.errors),
        )


class InvalidPhone(Problem):
    """A phone that is neither a mainland mobile number nor a landline with its area code."""

    code = ErrorCode.INVALID_INPUT
    zh = "电话号码有误：请填写 11 位手机号码，或带区号的固定电话。"
    en = "This phone number is not valid: give an 11-digit mobile number, or a landline with its area code."

    def __init__(self, *, fields: tuple[str, ...] = ()) -> None:
        super().__init__(fields=fields)
