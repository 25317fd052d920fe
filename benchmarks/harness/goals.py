"""The goals, judged from what was measured. Each says what it wants, what there is, and whether it is met."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from benchmarks.harness.rounds import Cell, ratio

Cells = Mapping[tuple[str, str, str], Cell]
_OTHERS: Final = ("case", "catalog", "areas", "audit", "dashboard")


@dataclass(frozen=True)
class Goal:
    """One line of the table. ``measured`` is None where it could not be measured in this run."""

    what: str
    wanted: float
    measured: float | None
    unit: str = "×"
    at_most: bool = False

    @property
    def met(self) -> bool | None:
        """Whether it is; None where nobody knows."""
        if self.measured is None:
            return None
        return self.measured <= self.wanted if self.at_most else self.measured >= self.wanted

    def row(self) -> str:
        """As a row of Markdown."""
        sign = "≤" if self.at_most else "≥"
        if self.measured is None:
            return f"| {self.what} | {sign} {self.wanted:g} {self.unit} | – | not measured |"
        missed = abs(self.measured - self.wanted) / self.wanted
        verdict = "met" if self.met else f"**missed by {missed:.0%}**"
        return f"| {self.what} | {sign} {self.wanted:g} {self.unit} | {self.measured:.3g} {self.unit} | {verdict} |"


def judged(cells: Sequence[Cell], extras: Mapping[str, Any]) -> list[Goal]:
    """All goals."""
    found = {(each.operation, each.scope, each.contestant): each for each in cells}
    scopes = {each.scope for each in cells}
    many = next((each for each in sorted(scopes) if each not in ("1", "big")), None)
    return [
        *_limits(found),
        *_postgraphile(found, many),
        *_strawberry(found),
        *_scale(found, many),
        *_others(extras),
    ]


def _against(cells: Cells, peer: str, operation: str, scope: str | None) -> float | None:
    ours, theirs = cells.get((operation, scope or "", "through")), cells.get((operation, scope or "", peer))
    return None if ours is None or theirs is None else ratio(ours, theirs)


def _limits(cells: Cells) -> Iterator[Goal]:
    for operation, wanted in (("case", 0.90), ("inbox", 0.95)):
        what = f"against the bare application with the same district entry: {operation}"
        yield Goal(what, wanted, _against(cells, "bare", operation, "1"))
    what = "against the bare application without isolation: case"
    yield Goal(what, 0.65, _against(cells, "open", "case", "1"))


def _postgraphile(cells: Cells, many: str | None) -> Iterator[Goal]:
    for operation, alone, together in (("inbox", 2.5, 2.5), ("case", 4.0, 3.0), ("catalog", 4.0, 3.0)):
        what = f"against PostGraphile: {operation}"
        yield Goal(f"{what}, one district", alone, _against(cells, "postgraphile", operation, "1"))
        yield Goal(f"{what}, many districts", together, _against(cells, "postgraphile", operation, many))
    shares = []
    for operation in ("inbox", "case", "catalog"):
        ours, theirs = cells.get((operation, "1", "through")), cells.get((operation, "1", "postgraphile"))
        if ours is not None and theirs is not None:
            shares.append(ratio(ours, theirs, "server_ms"))
    worst = max((each for each in shares if each is not None), default=None)
    what = "server CPU for a request, against PostGraphile's, the worst of inbox, case and catalog"
    yield Goal(what, round(1 / 6, 3), worst, at_most=True)


def _strawberry(cells: Cells) -> Iterator[Goal]:
    for operation in ("inbox", *_OTHERS):
        wanted = 10.0 if operation == "inbox" else 15.0
        what = f"against Strawberry with ORM and DataLoaders: {operation}"
        yield Goal(what, wanted, _against(cells, "strawberry", operation, "1"))


def _scale(cells: Cells, many: str | None) -> Iterator[Goal]:
    for what, operation, scope, wanted in (
        ("many districts at random against one: case", "case", many or "", 0.70),
        ("the large district against one of the usual size: inbox", "inbox", "big", 0.80),
        ("the same: a clerk's own cases, most urgent first", "desk", "big", 0.80),
    ):
        one, other = cells.get((operation, scope, "through")), cells.get((operation, "1", "through"))
        known = one is not None and other is not None and one.windows and other.windows
        measured = one.median("per_second") / other.median("per_second") if known and one and other else None
        yield Goal(what, wanted, measured)


def _others(extras: Mapping[str, Any]) -> Iterator[Goal]:
    casework = extras.get("lifecycles")
    rates = [each["per_second"] for each in casework or [] if each.get("clients") == 32]
    fair = extras.get("fairness") or {}
    felt = fair["flooded"]["p99"] / fair["alone"]["p99"] if "flooded" in fair and "alone" in fair else None
    yield Goal("a quiet district's p99 while another sends 20 times its share", 2.0, felt, at_most=True)
    what = "case lifecycles (apply, pre-check, accept, complete, rate) with 32 clients"
    yield Goal(what, 60, rates[0] if rates else None, unit="/s")
    joining = (extras.get("onboarding") or {}).get("worst_ms")
    what = "from an application to the first query in the new district, the worst of five"
    yield Goal(what, 3, None if joining is None else joining / 1000, unit="s", at_most=True)
    bomb = (extras.get("plan_cache") or {}).get("bomb_ms")
    yield Goal("refusing the fragment bomb of 705 bytes", 10, bomb, unit="ms", at_most=True)


def as_json(goals: Sequence[Goal]) -> str:
    """For machines."""
    return json.dumps([{**each.__dict__, "met": each.met} for each in goals], ensure_ascii=False, indent=1)
