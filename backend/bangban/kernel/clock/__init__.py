"""Working days and the clocks of cases: pure values and integer arithmetic, no I/O (DOMAIN 3.3, 3.4)."""

from bangban.kernel.clock.case_clock import CaseClock, Pause, recompute_due, start_clock
from bangban.kernel.clock.lights import Light, light_for, light_thresholds
from bangban.kernel.clock.local_time import local_today
from bangban.kernel.clock.problems import BeyondCalendar, CalendarIncomplete
from bangban.kernel.clock.published import PublishedCalendar, published_calendar
from bangban.kernel.clock.working import Moment, WorkingCalendar

__all__ = [
    "BeyondCalendar",
    "CalendarIncomplete",
    "CaseClock",
    "Light",
    "Moment",
    "Pause",
    "PublishedCalendar",
    "WorkingCalendar",
    "light_for",
    "light_thresholds",
    "local_today",
    "published_calendar",
    "recompute_due",
    "start_clock",
]
