"""Refusals to let somebody go who has something in hand."""

from __future__ import annotations

from bangban.kernel.problems import ErrorCode, Problem


class StillHoldsAsks(Problem):
    """What somebody was asked is passed on and taken before they go, so that it is answered (invariant 2)."""

    code = ErrorCode.CONFLICT
    zh = (
        "{name}手中还有 {held} 件未办结的首问记录、{offered} 件待接收的转办;请先转办、退回或办结,"
        "再停用账号或结束任职。"
    )
    en = (
        "{name} still has {held} open first-asked records and is offered {offered}; pass on, give back or close "
        "them first."
    )


class StillHoldsPapers(Problem):
    """Papers are given to somebody else or back before whoever has them goes (DOMAIN C09)."""

    code = ErrorCode.CONFLICT
    zh = "{name}手中还有申请人材料 {sheets} 份;请先转交或退还,再停用账号或结束任职。"
    en = "{name} still has {sheets} papers of applicants; forward or return them first."


class StillHoldsTurns(Problem):
    """The rota names nobody who will not come: turns are cancelled, and given to others (DOMAIN K03)."""

    code = ErrorCode.CONFLICT
    zh = "{name}还排有 {turns} 个未到的值班;请先取消并改排他人,再停用账号或结束任职。"
    en = "{name} still has {turns} turns to come on the rota; cancel them and give them to others first."
