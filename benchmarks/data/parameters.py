"""What a build is made from. Two builds with equal parameters are interchangeable."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Final

FORMAT: Final = 1
"""Counted up when the builder stores something else for the same parameters."""

PASSWORD: Final = "a-password-for-benchmarks"  # noqa: S105 - see below
"""Of every account. The data is invented and the server listens on 127.0.0.1 only."""

BIG: Final = "bench-big"


@dataclass(frozen=True, kw_only=True)
class Parameters:
    """How many cases there are, and in how many districts. ``seed`` stands in every drawn value."""

    big: int = 1_000_000
    districts: int = 50
    each: int = 20_000
    seed: int = 2026
    seal: bool = True

    def sizes(self) -> dict[str, int]:
        """The number of cases of every district, by slug; the largest first, since it takes longest."""
        small = {f"bench-{number:02d}": self.each for number in range(1, self.districts + 1)}
        return {BIG: self.big, **small} if self.big else small

    def stamp(self) -> dict[str, Any]:
        """What a marker says of a finished build."""
        return {"format": FORMAT, **asdict(self)}
