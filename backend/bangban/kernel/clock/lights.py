"""The traffic light of a promised limit 亮灯: warning, urgent, overdue (DOMAIN B04)."""

from __future__ import annotations

from enum import StrEnum


class Light(StrEnum):
    """Traffic light of the promised limit. The names are those of the API's ``ClockLight``."""

    GREEN = "GREEN"
    YELLOW = "YELLOW"
    RED = "RED"
    OVERDUE = "OVERDUE"


def light_thresholds(promised: int) -> tuple[int, int]:
    """``(yellow_from, red_from)``: the most working days left with which the light is yellow, or red.

    Red begins when the due day is the next working day, yellow when two days or a third of the promise are
    left, whichever is more. Both stay below the promise itself, since a light that is already on when the
    case is accepted warns of nothing: a promise of one day turns red on its due day, and an immediate
    matter (0) is green on the day itself and overdue after it.

    The same in SQL, with integer division:
    ``least(greatest(2, (promised + 2) / 3), promised - 1)`` and ``least(1, promised - 1)``.
    """
    third = -(-promised // 3)  # rounded up
    return min(max(2, third), promised - 1), min(1, promised - 1)


def light_for(remaining: int, *, promised: int) -> Light:
    """The light with ``remaining`` working days left: due number less today's; negative once overdue."""
    if remaining < 0:
        return Light.OVERDUE
    yellow_from, red_from = light_thresholds(promised)
    if remaining <= red_from:
        return Light.RED
    if remaining <= yellow_from:
        return Light.YELLOW
    return Light.GREEN
