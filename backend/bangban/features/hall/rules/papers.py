"""Pre-check at the desk 材料预检 (DOMAIN A06): all that is missing is told at once, and once (B03, invariant 3)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bangban.features.cases.paper_problems import AcknowledgedAlready, NothingToAcknowledge
from bangban.features.hall.problems import ChecklistIncomplete, PapersMissing, PapersUnchecked, ToldAlready
from bangban.features.hall.values import PaperState
from bangban.kernel.identifiers import refuse_unfit
from bangban.kernel.problems import InvalidInput

LONGEST_NOTE = 200


@dataclass(frozen=True, kw_only=True)
class Required:
    """A paper that the item requires and somebody has to bring."""

    code: str
    name: str


@dataclass(frozen=True, kw_only=True)
class Found:
    """What the guide found of one paper."""

    code: str
    state: PaperState
    note: str | None = None


@dataclass(frozen=True, kw_only=True)
class Checked:
    """A finished checklist. ``lacking`` is the whole content of the notice; empty, and a number may be given."""

    papers: tuple[tuple[Required, Found], ...]
    lacking: tuple[str, ...]

    @property
    def as_json(self) -> list[dict[str, str | None]]:
        """As it is kept with the visit."""
        return [
            {"code": paper.code, "name": paper.name, "state": found.state.value, "note": found.note}
            for paper, found in self.papers
        ]


def check(
    required: Sequence[Required], found: Sequence[Found], *, told: Collection[str] | None = None
) -> Checked:
    """The checklist of a visit. ``told`` are the codes of the notice that was given before, if one was.

    Raises:
        InvalidInput: A code is unknown or named twice, or a note is too long.
        ChecklistIncomplete: A required paper was not looked at, so the notice would leave it out.
        ToldAlready: Something is missing that the notice did not name.
    """
    by_code = {each.code: each for each in found}
    known = {each.code for each in required}
    strange = [each.code for each in found if each.code not in known]
    if strange or len(by_code) != len(found):
        raise InvalidInput(
            f"The item does not require these papers, or one is named twice: {', '.join(strange)}.",
            f"该事项不要求以下材料,或材料重复:{'、'.join(strange)}。",
            fields=("input.papers",),
        )
    for index, each in enumerate(found):
        field = f"input.papers.{index}.note"
        if each.note is not None and len(each.note) > LONGEST_NOTE:
            raise InvalidInput(
                f"A note has at most {LONGEST_NOTE} characters.",
                f"说明不超过 {LONGEST_NOTE} 个字。",
                fields=(field,),
            )
        refuse_unfit(each.note, fields=(field,))
    unseen = [_named(each) for each in required if each.code not in by_code]
    if unseen:
        raise ChecklistIncomplete(unseen)
    lacking = [each for each in required if by_code[each.code].state is not PaperState.HAS]
    more = [] if told is None else [_named(each) for each in lacking if each.code not in told]
    if more:
        raise ToldAlready(more)
    return Checked(
        papers=tuple((each, by_code[each.code]) for each in required),
        lacking=tuple(each.code for each in lacking),
    )


def require_ready(papers: Sequence[Mapping[str, Any]] | None, required: Sequence[Required]) -> None:
    """Refuse a number where papers are required and were not looked at, or are missing.

    Raises:
        PapersUnchecked, PapersMissing.
    """
    if not required:
        return
    if papers is None:
        raise PapersUnchecked
    lacking = [f"{each['name']} ({each['code']})" for each in papers if each["state"] != PaperState.HAS.value]
    if lacking:
        raise PapersMissing(lacking)


def require_unsigned(*, told: Collection[str] | None, signed_at: datetime | None) -> None:
    """Refuse a signature under a notice that was not given, or has one.

    Raises:
        NothingToAcknowledge, AcknowledgedAlready.
    """
    if told is None:
        raise NothingToAcknowledge
    if signed_at is not None:
        raise AcknowledgedAlready


def _named(paper: Required) -> str:
    return f"{paper.name} ({paper.code})"
