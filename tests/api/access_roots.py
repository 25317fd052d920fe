"""How each root field is asked in the access tests, and who may get an answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from tests.api.parts import parts
from tests.api.shapes import Root

ROOTS: Final[Mapping[str, Root]] = {name: root for part in parts() for name, root in part.roots.items()}
