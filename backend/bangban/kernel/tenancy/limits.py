"""How much one process may take of the database: connections, queues, times."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from bangban.kernel.tenancy.lane import LaneBounds
from bangban.kernel.tenancy.turns import share_of


@dataclass(frozen=True)
class Limits:
    """Bounds of one process. Seconds and milliseconds as named; the settings say what each is for."""

    read_connections: int = 8
    write_connections: int = 8
    acquire_timeout: float = 5.0
    statement_timeout_ms: int = 15_000
    statement_timeouts: Mapping[str, int] = field(default_factory=dict)  # of districts that have their own
    read_queue: int = 256
    write_queue: int = 64
    read_statements: int = 256
    read_districts: int = 400
    read_connection_age: float = 1800.0
    read_connection_idle: float = 300.0

    @property
    def lanes(self) -> LaneBounds:
        """The bounds of the lanes that reads take."""
        return LaneBounds(
            lanes=self.read_connections,
            share=share_of(self.read_connections),
            queue=self.read_queue,
            patience=self.acquire_timeout,
            statements=self.read_statements,
            districts=self.read_districts,
            max_age=self.read_connection_age,
            max_idle=self.read_connection_idle,
        )
