"""How papers are named in the API: by material, originals and copies apart."""

from __future__ import annotations

from collections.abc import Sequence

from bangban.features.cases.inputs import PapersInput
from bangban.features.cases.rules.papers import Papers


def papers_of(given: Sequence[PapersInput]) -> list[Papers]:
    """The same as the rules know them."""
    return [Papers(each.code, each.originals, each.copies) for each in given]
