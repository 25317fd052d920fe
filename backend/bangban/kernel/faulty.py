"""What was given as a whole and has faults: every one is named at once, at its place.

The rules know a thing by its key, as a file names it; whoever sent one thing through the API reads the same faults at
the places of what they sent (``kernel.graphql.placing``).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, NamedTuple

from bangban.kernel.problems import Problem

Place = tuple[str | int, ...]
"""Where in a thing: members by their names, parts of a list by their numbers from 0; empty is the thing itself."""


class PlacedFault(NamedTuple):
    """What is wrong with the thing of this key, and where in it, as the rules call that."""

    key: str
    place: Place
    zh: str
    en: str


class Faulty(Problem):
    """Nothing was done, since what was given has faults."""

    zh = "{lead_zh}:{faults_zh}"
    en = "{lead_en}: {faults_en}"
    lead_zh: ClassVar[str] = "填写有误"
    lead_en: ClassVar[str] = "What was given is not right"

    def __init__(
        self,
        placed: Sequence[PlacedFault],
        *,
        fields: Sequence[str],
        where: Sequence[str] = (),
        lead: tuple[str, str] | None = None,
    ) -> None:
        """As whoever keeps many of them looks for the faults: at ``fields``, and ``where`` (the keys) in words.

        ``lead`` is the beginning of the sentence, where that of many is another.
        """
        self.placed = tuple(placed)
        where = where or [each.key for each in placed]
        super().__init__(fields=tuple(dict.fromkeys(fields)), **self._told(where, lead))

    def place(self, fields: Sequence[str], *, alone: bool) -> None:
        """Tell the faults at these fields of an input, ``input.items.2`` and so on, one for each fault.

        ``alone``: the input is the one thing that has them, so its key says nothing to whoever sent it.
        """
        self.fields = tuple(dict.fromkeys(fields))
        if alone:
            self.facts = self._told([field.removeprefix("input").removeprefix(".") for field in fields], None)
            self.args = (self.message("en"),)

    def _told(self, where: Sequence[str], lead: tuple[str, str] | None) -> dict[str, object]:
        told = list(zip(where, self.placed, strict=True))
        lead_zh, lead_en = lead or (self.lead_zh, self.lead_en)
        return {
            "lead_zh": lead_zh,
            "lead_en": lead_en,
            "faults_zh": "".join((f"{at}:" if at else "") + fault.zh for at, fault in told),
            "faults_en": " ".join((f"{at}: " if at else "") + fault.en for at, fault in told),
        }


def faults_counted(count: int) -> str:
    """So many faults, in English."""
    return "1 fault" if count == 1 else f"{count} faults"
