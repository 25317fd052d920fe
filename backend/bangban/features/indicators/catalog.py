"""Every indicator: of which mechanism, in what unit, and its name 指标目录. In the order in which they are told."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from bangban.features.indicators.catalog_hall import HALL
from bangban.features.indicators.catalog_help import HELP
from bangban.features.indicators.catalog_network import NETWORK
from bangban.features.indicators.values import Entry, IndicatorKey

CATALOG: Final[Mapping[IndicatorKey, Entry]] = {**HALL, **HELP, **NETWORK}
