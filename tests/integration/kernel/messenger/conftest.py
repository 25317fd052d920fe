"""A gateway, and messages to send through it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.integration.kernel.messenger.gateways import Gateway, serving


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    with serving() as found:
        yield found
