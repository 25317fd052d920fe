"""The district's settings of its network: their keys, and what holds where a district says nothing."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import ColumnElement, Integer, Text, cast, func, literal, select

from bangban.features.places.values import Travel
from bangban.kernel.tenancy.tables import ProfileRow

NETWORK: Final = "network"
TRAVEL: Final = Travel.WALKING
WALKING_METRES: Final = 75  # in a minute: 4.5 km/h
DRIVING_METRES: Final = 400  # in a minute: 24 km/h, in streets with lights
AGENTS_EACH_GRID: Final = 1  # DOMAIN G02: every grid has an agent
OUTREACH_DAYS: Final = 30  # within which a case counts as begun after an outreach (DOMAIN G13); own choice
SILENCE_MINUTES: Final = 15  # after which a terminal that was not heard of is down (DOMAIN F02)


def number_set(name: str, usual: int) -> ColumnElement[int]:
    """A whole number of the section in a statement."""
    return func.coalesce(_said(name, Integer()), literal(usual, Integer()), type_=Integer())


def travel_set() -> ColumnElement[str]:
    """How people go, in a statement."""
    return func.coalesce(_said("travel", Text()), literal(TRAVEL.value, Text()), type_=Text())


def _said(name: str, type_: Any) -> ColumnElement[Any]:
    said = ProfileRow.__table__.alias("network_profile")
    return cast(select(said.c.settings[NETWORK][name].astext).scalar_subquery(), type_)
