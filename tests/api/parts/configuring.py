"""A district's settings, read by those who lead, configure and audit it."""

from __future__ import annotations

from tests.api.shapes import Attempt, Part

from bangban.kernel.access.vocabulary import Permission

PART = Part(
    attempts={
        Permission.SETTINGS_READ: Attempt("{ district { settings { hall { keepDays own } } } }", {}),
    },
    bounds={"DistrictSettings": 1},
    logins={"DistrictSettings": "admin"},
)
