"""What a district decides about its contact book (C12), and about online steps done for residents (C16)."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from bangban.features.profiles.models import Strict, each_once

Name = Annotated[str, Field(pattern=r"^[^\d\s]{2,20}$")]
Names = Annotated[tuple[Name, ...], Field(min_length=1, max_length=60), each_once()]


class ContactsFile(Strict):
    """How often the contact book is looked over."""

    contact_days: Annotated[int, Field(ge=1, le=366)] | None = Field(
        None, description="Days after which an entry that nobody looked at is stale; left out: 31."
    )
    remind_days: Annotated[int, Field(ge=0, le=60)] | None = Field(
        None, description="Days before an entry's last day on which its lead is reminded; left out: 5."
    )


class ProxyFile(Strict):
    """Names that may be recorded of an online step done for a resident. A list replaces the usual one."""

    fields: Names | None = Field(None, description="Names of fields that are filled in, never what is.")
    shown: Names | None = Field(None, description="Names of what residents are shown.")
    apps: Names | None = Field(None, description="The apps and pages that are used.")
    consent_hours: Annotated[int, Field(ge=1, le=24)] | None = Field(
        None, description="For how long a consent holds: the same visit; left out: 12."
    )
