"""Refusals about the area tree."""

from __future__ import annotations

from typing import NamedTuple

from bangban.kernel.faulty import faults_counted
from bangban.kernel.problems import ErrorCode, NotFound, Problem


class AreaUnknown(NotFound):
    """There is no such area, or the caller may not see it."""

    def __init__(self, *, field: str = "input.areaId") -> None:
        super().__init__("area", "区域", fields=(field,))


class AreaFault(NamedTuple):
    """What is wrong with one drafted area, named by its key."""

    key: str
    zh: str
    en: str


class AreasFaulty(Problem):
    """An import was refused whole; every fault in it is named at once."""

    zh = "区域数据有 {count} 处错误:{faults_zh}"
    en = "The areas have {counted}: {faults_en}"

    def __init__(self, faults: tuple[AreaFault, ...]) -> None:
        self.faults = faults
        super().__init__(
            fields=tuple(dict.fromkeys(f"areas.{fault.key}" for fault in faults)),
            count=len(faults),
            counted=faults_counted(len(faults)),
            faults_zh="".join(f"{fault.key}:{fault.zh}" for fault in faults),
            faults_en=" ".join(f"{fault.key}: {fault.en}" for fault in faults),
        )


class AreaNameMissing(Problem):
    zh = "区域应有名称,不含换行和不可见字符。"
    en = "An area needs a name, on one line and without invisible characters."


class AreaKindMisplaced(Problem):
    """Each kind stands on one level, so that a park is never a village's equal."""

    zh = "类型 {kind} 不属于层级 {level}。"
    en = "The kind {kind} does not stand on level {level}."


class AreaTooHigh(Problem):
    """A child is of a deeper level than its parent (DOMAIN part 1, "Levels")."""

    zh = "{child} 层级的区域不能隶属于 {parent} 层级的“{name}”。"
    en = "An area of level {child} cannot stand under {name}, which is of level {parent}."


class AreaUnderItself(Problem):
    zh = "“{name}”不能移到自身或其下级之下。"
    en = "{name} cannot be moved under itself or an area of its own."


class RootAreaFixed(Problem):
    """A district has exactly one county, and it is where it is."""

    zh = "一个地区有且只有一个县级区域,不能另设、移动或停用。"
    en = "A district has exactly one county: it is not added again, moved or retired."


class AreaTaken(Problem):
    """Key or division code belong to another area already; retired areas keep theirs."""

    code = ErrorCode.CONFLICT
    zh = "“{value}”已用于“{name}”。"
    en = "{value} already belongs to {name}."


class AreaRetired(Problem):
    code = ErrorCode.CONFLICT
    zh = "“{name}”已于 {on} 停用。"
    en = "{name} was retired on {on}."


class AreaHasChildren(Problem):
    code = ErrorCode.CONFLICT
    zh = "“{name}”之下还有 {count} 个在用区域,请先停用或移出。"
    en = "{name} still has {count} areas in use; retire or move them first."


class AreaLevelUnused(Problem):
    """A district works on the levels that it chose; no area stands on another."""

    zh = "本地区未使用层级 {level}。"
    en = "The level {level} is not used in this district."


class AreaCodeMalformed(Problem):
    """County 6 digits, town 9, village 12, grid 15, micro-grid 17 (DOMAIN 3.12)."""

    zh = "层级 {level} 的区划代码应为 {digits} 位数字。"
    en = "A division code of level {level} has {digits} digits."


class DivisionMalformed(Problem):
    zh = "区划代码应为 6 位(县级)或 9 位(镇街)数字。"
    en = "A division code here has 6 digits (a county) or 9 (a town)."


class DivisionNeeded(Problem):
    """A zone without a code of its own has to say whose towns it takes."""

    zh = "本地区没有自己的区划代码,请写明要导入哪个县(市、区)或镇街的区划。"
    en = "This district has no division code of its own; state which county's or town's divisions to import."


class DivisionElsewhere(Problem):
    """Another district's county is not imported by mistake (DOMAIN part 4)."""

    zh = "{code} 不是本地区的区划代码;本地区的代码是 {own}。"
    en = "{code} is not this district's division code, which is {own}."


class DivisionUnknown(Problem):
    code = ErrorCode.NOT_FOUND
    zh = "区划名单中没有 {code}。"
    en = "The list of divisions has no {code}."


class DivisionsAbsent(Problem):
    """The installation has no list that could know the county."""

    code = ErrorCode.NOT_FOUND
    zh = (
        "本平台没有 {code} 的区划名单:请用 importAreas 上传 streets.csv 和 villages.csv,或自己的区域表;"
        "也可请平台运维人员通过 BANGBAN_DIVISIONS 提供全国名单。"
    )
    en = (
        "This installation has no list of divisions for {code}: send streets.csv and villages.csv, or a table of "
        "your own, with importAreas; or ask the operators to provide the national list by BANGBAN_DIVISIONS."
    )
