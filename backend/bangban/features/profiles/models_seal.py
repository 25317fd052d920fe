"""The section ``seal`` of ``district.yaml``: the one seal under which a district's results go out (DOMAIN A09)."""

from __future__ import annotations

from typing import Annotated, Final

from pydantic import Field

from bangban.features.profiles.models import Name, Strict, Text

SEAL: Final = "seal"
"""The section's key."""


class SealFile(Strict):
    """一章审批: without a name there is no such seal, and its use is not recorded."""

    name: Annotated[Name | None, Field(description="What it is called.")] = None
    keeper: Annotated[Text | None, Field(description="The unit that keeps it.")] = None
