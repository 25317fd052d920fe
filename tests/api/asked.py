"""Ways in which root fields of several parts are asked."""

from __future__ import annotations

from typing import Any, Final

from tests.api.casework import mutation_of
from tests.api.shapes import OFFICE, Root

from bangban.kernel.ids import new_id

EMPTY_FILE: Final = {"name": "empty.csv", "content": ""}
WHY: Final = {"reason": "样本理由五字", "basis": "样本依据"}
NOBODY: Final = str(new_id())


def kept(field_: str, selection: str, *found: str, **more: Any) -> Root:
    """What the district's administrator does; asked so that a rule refuses it."""
    query = mutation_of(field_, selection).replace("PublishServiceItemInput", "ServiceItemInput")
    return Root(OFFICE, query, lambda _: {"input": more}, found, "admin")
