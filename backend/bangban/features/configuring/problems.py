"""Refusals about setting up a district."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from strawberry.utils.str_converters import to_camel_case

from bangban.features.profiles.settings import SettingFault
from bangban.kernel.faulty import Faulty, PlacedFault
from bangban.kernel.problems import ErrorCode, Problem


class SettingsFaulty(Faulty):
    """Settings were refused; every fault in them is named at once."""

    lead_zh = "设置有误"
    lead_en = "The settings are not valid"

    def __init__(self, faults: Sequence[SettingFault]) -> None:
        paths = [".".join(["input", *(to_camel_case(str(step)) for step in fault.path)]) for fault in faults]
        placed = [PlacedFault("", fault.path, fault.zh, fault.en) for fault in faults]
        super().__init__(placed, fields=paths)  # the sentences say where


class LevelInUse(Problem):
    """A level cannot go while something stands on it."""

    code = ErrorCode.CONFLICT
    zh = "不能停用层级:{reasons_zh}"
    en = "A level cannot go: {reasons_en}"

    def __init__(self, reasons: Sequence[tuple[str, str]]) -> None:
        super().__init__(
            fields=("input.levels",),
            reasons_zh="".join(zh for zh, _ in reasons),
            reasons_en=" ".join(en for _, en in reasons),
        )


class DayWouldJump(Problem):
    """Another day in the new time zone: posts and items of today would not hold yet, or others end early.

    Whoever became administrator today, and with them everybody, could not even change it back.
    """

    code = ErrorCode.CONFLICT
    zh = (
        "本地区今天是 {today},{zone} 此刻是 {there};改时区会使今天变成另一天,"
        "今天生效的任职和事项随之失效或提前结束。{when_zh}"
    )
    en = (
        "It is {today} in this district, and {there} in {zone}: what is today would be another day, so that posts "
        "and items that hold today would not hold yet, or end early. {when_en}"
    )

    def __init__(self, *, today: date, there: date, zone: str, at: datetime | None) -> None:
        """``at`` is from when it is the same day in both, by the district's clocks; None for never."""
        self.at = at
        never = (
            "两个时区没有同一天的时候,请先改为其间的时区。",
            "The two never have the same day; choose a zone between them first.",
        )
        when = (
            (f"{at:%m-%d %H:%M} 起可以更改。", f"It can be changed from {at:%m-%d %H:%M} on.")
            if at
            else never
        )
        super().__init__(
            fields=("input.timezone",), today=today, there=there, zone=zone, when_zh=when[0], when_en=when[1]
        )


class NotSetUp(Problem):
    """The district has no profile yet: it is still being provisioned."""

    code = ErrorCode.CONFLICT
    zh = "该地区尚在开通,请稍后再配置。"
    en = "This district is still being provisioned; configure it when that is done."


class NotReady(Problem):
    """A district goes live when all required checks pass."""

    code = ErrorCode.CONFLICT
    zh = "尚不能上线:{reasons_zh}"
    en = "The district cannot go live yet: {reasons_en}"

    def __init__(self, missing: Sequence[tuple[str, str, str]]) -> None:
        """``missing`` are code and both sentences of each check that did not pass."""
        super().__init__(
            fields=tuple(code for code, _, _ in missing),
            reasons_zh="".join(zh for _, zh, _ in missing),
            reasons_en=" ".join(en for _, _, en in missing),
        )
