"""What inspections raise."""

from __future__ import annotations

from bangban.features.uploads.values import Rejection


class Faulty(Exception):  # noqa: N818 - a finding about a file, no error of ours
    """The file may not be kept, for this reason."""

    def __init__(self, why: Rejection) -> None:
        super().__init__(why.value)
        self.why = why
