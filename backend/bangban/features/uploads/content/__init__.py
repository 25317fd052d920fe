"""Whether a file is what it was said to be, and harmless to open. Pure: a file to read in, a finding out.

This is no search for known viruses: an allow-list of kinds, each read as far as it takes to see that it is one of
its kind, holds nothing that runs, and is nothing else besides.
"""

from __future__ import annotations

from bangban.features.uploads.content.faulty import Faulty
from bangban.features.uploads.content.inspecting import inspect

__all__ = ["Faulty", "inspect"]
