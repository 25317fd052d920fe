"""What a run over the fleet would do, as a table for people and as JSON for programs."""

from __future__ import annotations

from typing import Any

from rich.table import Table

from bangban.cli.speaking import said
from bangban.kernel.tenancy.fleet.planning import Plan


def plan_table(found: Plan, lang: str) -> Table:
    """A line for each revision."""
    titles = (
        ("版本", "revision"),
        ("地区数", "districts"),
        ("阶段", "phase"),
        ("最强的锁", "strongest lock"),
        ("重写", "rewrites"),
        ("最久约(秒)", "about, at most (s)"),
        ("内容", "what"),
    )
    table = Table(*(said(lang, *title) for title in titles))
    for step in found.steps:
        table.add_row(
            step.declared.revision,
            str(step.districts),
            step.declared.phase or "?",
            str(step.lock),
            said(lang, "是", "yes") if step.rewrites else "",
            f"{step.seconds:.1f}" if step.effects is not None else "?",
            step.declared.title,
        )
    return table


def plan_json(found: Plan) -> dict[str, Any]:
    """All of it, with the effects on each table that was there before."""
    return {
        "head": found.head,
        "districts": list(found.slugs),
        "revisions": found.revisions,
        "steps": [
            {
                "revision": step.declared.revision,
                "title": step.declared.title,
                "phase": step.declared.phase,
                "servesWithout": bool(step.declared.serves_without),
                "districts": step.districts,
                "lock": str(step.lock),
                "rewrites": step.rewrites,
                "seconds": step.seconds,
                "bytes": step.bytes,
                "effects": None
                if step.effects is None
                else [
                    {"table": each.table, "lock": str(each.lock), "labour": str(each.labour)}
                    for each in step.effects
                    if each.existing
                ],
            }
            for step in found.steps
        ],
    }
