"""The fields of the contract in plain Python, as ``truth`` needs them, by feature.

Columns of a field's own name need no line.
"""

from tests.api.truths.assistance import AssistanceFields
from tests.api.truths.counted import CountedFields
from tests.api.truths.halls import HallFields
from tests.api.truths.network import NetworkFields
from tests.api.truths.orders import OrderFields
from tests.api.truths.people import PeopleFields
from tests.api.truths.points import PointFields


class Fields(
    NetworkFields,
    PeopleFields,
    PointFields,
    CountedFields,
    AssistanceFields,
    OrderFields,
    HallFields,
):
    """All of them."""


__all__ = ["Fields"]
