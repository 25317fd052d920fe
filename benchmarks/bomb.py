"""How long it takes to refuse a document of 705 bytes that means two to the power of 24 fields.

    python -m benchmarks.bomb

Each of its fragments spreads the next one twice. One line of Markdown: the median and the longest of many tries.
What is refused is not kept, so every one of them is the first. The goal is under 10 ms.
"""

from __future__ import annotations

import time
from statistics import median
from typing import Final

from bangban.web.documents import Documents
from bangban.web.limits import TooLarge
from bangban.web.schema import core_schema

TRIES: Final = 200
GOAL_MS: Final = 10.0


def bomb(fragments: int = 24) -> str:
    """The document: fragment A spreads B twice, B spreads C twice, and so on."""
    names = [chr(ord("A") + number) for number in range(fragments)]
    bodies = [f"...{below}...{below}" for below in names[1:]] + ["__typename"]
    spreads = zip(names, bodies, strict=True)
    return "{...A}" + "".join(f"fragment {name} on Query{{{body}}}" for name, body in spreads) + "\n"


def milliseconds(tries: int = TRIES) -> list[float]:
    """How long each refusal took. Raises RuntimeError where the document is let through."""
    documents, found = Documents(core_schema()), []
    for _ in range(tries):
        text = bomb()
        begun = time.perf_counter()
        try:
            documents.get(text)
        except TooLarge:
            found.append((time.perf_counter() - begun) * 1000)
        else:
            raise RuntimeError("the bomb gets past the limits")
    return found


def main() -> None:
    """Measure and print."""
    found = milliseconds()
    print(
        f"| fragment bomb, {len(bomb())} bytes, refused | {median(found):.2f} ms, at most {max(found):.2f} ms | "
        f"goal < {GOAL_MS:.0f} ms |"
    )


if __name__ == "__main__":
    main()
