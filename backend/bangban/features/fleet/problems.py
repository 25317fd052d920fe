"""Refusals about the fleet."""

from __future__ import annotations

from bangban.kernel.problems import ErrorCode, NotFound, Problem


class FleetBusy(Problem):
    """One run at a time is asked for; several processes work on it together."""

    code = ErrorCode.CONFLICT
    zh = "已有一个同类任务({state}),请先等待、恢复或取消它:{task}。"
    en = "There is such a task already ({state}); wait for it, resume or cancel it first: {task}."


class NothingToHalt(Problem):
    """No run is there that could be paused or resumed."""

    code = ErrorCode.CONFLICT
    zh = "没有可暂停或恢复的迁移任务。"
    en = "There is no migration of the fleet that could be paused or resumed."


class DistrictsUnknown(NotFound):
    """Some of the named districts are not there."""

    def __init__(self, slugs: list[str]) -> None:
        named = slugs[:10]
        super().__init__(f"district {', '.join(named)}", f"地区 {'、'.join(named)}", fields=("input.only",))
