"""The district history is run by ``bangban.kernel.tenancy.migrations``, a schema at a time, not by Alembic."""

from __future__ import annotations

message = "run district migrations with `bangban fleet migrate`"
raise RuntimeError(message)
