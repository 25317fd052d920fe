"""Refusals about service points, their windows and terminals, and partners' agreements."""

from __future__ import annotations

from collections.abc import Sequence

from bangban.kernel.faulty import Faulty, PlacedFault, faults_counted
from bangban.kernel.problems import ErrorCode, NotFound, Problem


class PointUnknown(NotFound):
    """There is no such service point."""

    def __init__(self, *, field: str = "input.pointId") -> None:
        super().__init__("service point", "服务点", fields=(field,))


class TerminalUnknown(NotFound):
    """There is no such terminal, or the caller may not report on it."""

    def __init__(self, *, field: str = "input.key") -> None:
        super().__init__("terminal", "自助终端", fields=(field,))


class TerminalDown(Problem):
    """A fault was reported, and nobody said yet that it is mended (DOMAIN F02)."""

    code = ErrorCode.CONFLICT
    zh = "该自助终端已报修,请到窗口或其他终端办理。"
    en = "This terminal is out of order; go to a window or another terminal."


class ClosedNow(Problem):
    """Numbers are for the windows of a point, which serve in its hours."""

    code = ErrorCode.CONFLICT  # nothing that passes in a moment, so nothing to try again at once
    zh = "该服务点此刻不开放;开放时间:{hours}。"
    en = "The point is closed at this moment; its hours: {hours}."


class PlacesFaulty(Faulty):
    """Nothing was taken over; every fault of a point, of its windows and terminals, or of an agreement is named."""

    def __init__(self, faults: Sequence[PlacedFault]) -> None:
        super().__init__(
            faults,
            fields=[f"places.{fault.key}" for fault in faults],
            lead=(
                f"服务点与区域位置有 {len(faults)} 处错误",
                f"The places have {faults_counted(len(faults))}",
            ),
        )


class HoursUnreadable(Problem):
    """The hours are not written as ``hours.read_hours`` reads them."""

    zh = "无法识别的开放时间“{text}”;应如“Mo-Fr 09:00-12:00,13:30-17:00; Sa 09:00-12:00”,全天为“24/7”。"
    en = (
        "The hours {text!r} are not understood; write them as in 'Mo-Fr 09:00-12:00,13:30-17:00; Sa 09:00-12:00', "
        "or '24/7'."
    )


class PostedElsewhere(Problem):
    """A person is posted at a point that lies outside the area of the role."""

    code = ErrorCode.INVALID_INPUT
    zh = "服务点“{point}”不在任职区域内。"
    en = "The service point {point} does not lie in the area of the role."


class PostNeeded(Problem):
    """A partner's clerk works at one point, and nowhere else."""

    zh = "合作网点人员须指定所在服务点。"
    en = "A partner's clerk needs the service point where they work."


class NoSchemeForPoint(Problem):
    """The district assesses no points of this kind by this scheme."""

    code = ErrorCode.CONFLICT
    zh = "本地区未对此类服务点设置评定方案({scheme})。"
    en = "The district has no scheme ({scheme}) for points of this kind."

    def __init__(self, *, scheme: str) -> None:
        super().__init__(fields=("input.scheme",), scheme=scheme)


class AssessmentFaulty(Problem):
    """Scores that do not fit the scheme; every fault is named at once."""

    zh = "评分有 {count} 处错误:{faults_zh}"
    en = "The scores have {counted}: {faults_en}"

    def __init__(self, faults: Sequence[tuple[str, str, str]]) -> None:
        """``faults`` are where in the input, and both sentences of each."""
        super().__init__(
            fields=tuple(dict.fromkeys(field for field, _, _ in faults)),
            count=len(faults),
            counted=faults_counted(len(faults)),
            faults_zh="".join(zh for _, zh, _ in faults),
            faults_en=" ".join(en for _, _, en in faults),
        )


class AssessmentOutOfTime(Problem):
    """It lies in the future, or would be over today."""

    zh = "评定日期应在今天或之前 {days} 天以内。"
    en = "An assessment was made today, or within the {days} days for which it holds."

    def __init__(self, *, days: int) -> None:
        super().__init__(fields=("input.assessedOn",), days=days)


class PointClosed(Problem):
    """The point serves nobody any more."""

    code = ErrorCode.CONFLICT
    zh = "服务点已停用。"
    en = "The service point is closed for good."

    def __init__(self) -> None:
        super().__init__(fields=("input.pointId",))
