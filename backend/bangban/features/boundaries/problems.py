"""Refusals about merging and splitting areas."""

from __future__ import annotations

from bangban.kernel.problems import ErrorCode, Problem


class NothingToMerge(Problem):
    zh = "请写明要并入的其他区域,每个一次。"
    en = "State the other areas that are to be merged into it, each once."


class LevelsDiffer(Problem):
    """Only areas of one level are merged, so that what stands below keeps its level."""

    zh = "“{name}”与“{into}”的层级不同。"
    en = "{name} and {into} are of different levels."


class NothingToSplit(Problem):
    zh = "拆分至少要有两个新区域。"
    en = "A split has at least two new areas."


class ChildrenUndecided(Problem):
    """Each area below goes to one of the new areas, so that none is lost."""

    code = ErrorCode.CONFLICT
    zh = "“{name}”之下的每个在用区域应恰好归入一个新区域;未归入或重复的有:{children}。"
    en = "Each area in use below {name} goes to exactly one of the new areas; undecided or doubled: {children}."
