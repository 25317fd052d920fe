"""Refusals of access beyond the plain "you may not"."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from bangban.kernel.problems import ErrorCode, Forbidden, Problem


class AreaOutsideGrant(Forbidden):
    """The caller holds the permission, but not over this area and not over this row."""

    zh = "您的权限({permission})不覆盖该区域,也不覆盖该办件。"
    en = "Your permission ({permission}) covers neither this area nor this case."


class Fault(NamedTuple):
    """What is wrong with one policy line; ``number`` counts lines from 1."""

    number: int
    zh: str
    en: str


class PolicyFaulty(Problem):
    """A policy was refused whole; every fault in it is named at once."""

    code = ErrorCode.INVALID_INPUT
    zh = "权限规则有误:{faults_zh}"
    en = "The policy is faulty: {faults_en}"

    def __init__(self, faults: tuple[Fault, ...], *, fields: Sequence[str] | None = None) -> None:
        """``fields``: where whoever sent the lines looks for the faults, if not by the lines' numbers."""
        self.faults = faults
        named = [f"lines.{fault.number}" for fault in faults] if fields is None else fields
        super().__init__(
            fields=tuple(dict.fromkeys(named)),
            faults_zh="".join(f"第 {fault.number} 行{fault.zh};" for fault in faults).rstrip(";") + "。",
            faults_en="; ".join(f"line {fault.number} {fault.en}" for fault in faults) + ".",
        )
