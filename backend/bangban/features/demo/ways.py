"""How questions lead to the matters of sample cases: some of those who apply by themselves were led there."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

from sqlalchemy import or_, select

from bangban.features.demo.script import Window
from bangban.features.guidance.drafts import draft_of
from bangban.features.guidance.questions import GuidanceDraft
from bangban.features.guidance.rules import Way
from bangban.features.guidance.tables import GuidanceRow
from bangban.kernel.tenancy.work import Work


async def find_ways(work: Work, window: Window) -> dict[str, Way]:
    """A shortest way to each item and bundle that questions lead to, of those that hold all through the window."""
    rows = await work.db.scalars(
        select(GuidanceRow)
        .where(
            GuidanceRow.effective_from <= window.first_day,
            or_(GuidanceRow.effective_to.is_(None), GuidanceRow.effective_to > window.today),
        )
        .order_by(GuidanceRow.code)
    )
    found: dict[str, Way] = {}
    for draft in map(draft_of, rows):
        for target, answers in _ends(draft):
            found.setdefault(target, Way(code=draft.code, version=draft.version, answers=answers))
    return found


def _ends(draft: GuidanceDraft) -> Iterator[tuple[str, tuple[str, ...]]]:
    nodes = {node.key: node for node in draft.nodes}
    waiting: deque[tuple[str, tuple[str, ...]]] = deque([(draft.start, ())])
    seen = {draft.start}
    while waiting:
        key, way = waiting.popleft()
        for answer in nodes[key].answers:
            there = (*way, answer.key)
            target = answer.item or answer.bundle
            if target is not None:
                yield target, there
            elif answer.next is not None and answer.next not in seen:
                seen.add(answer.next)
                waiting.append((answer.next, there))
