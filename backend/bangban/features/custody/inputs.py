"""How papers are named in the API: by material, originals and copies apart."""

from __future__ import annotations

from collections.abc import Sequence

import strawberry

from bangban.features.custody.rules import Papers


@strawberry.input(description="So many originals and copies of one material 材料份数.")
class PapersInput:
    code: str = strawberry.field(
        description="Code of the material, or RESULT for what the case results in 材料编码."
    )
    originals: int = strawberry.field(default=0, description="How many originals 原件份数.")
    copies: int = strawberry.field(default=0, description="How many copies 复印件份数.")


def papers_of(given: Sequence[PapersInput]) -> list[Papers]:
    """The same as the rules know them."""
    return [Papers(each.code, each.originals, each.copies) for each in given]
