"""Failures are tried again less and less often, and never less than once an hour."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from bangban.kernel.jobs.relay import LONGEST_BACKOFF, backoff


def test_it_doubles():
    assert [backoff(tries).total_seconds() for tries in (1, 2, 3, 4)] == [2, 4, 8, 16]


@given(st.integers(-5, 10**9))
def test_it_is_bounded(tries):
    assert timedelta(seconds=2) <= backoff(tries) <= LONGEST_BACKOFF
