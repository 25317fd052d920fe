"""Documents that mean harm."""

from __future__ import annotations


def spread_twice(fragments: int, *, on: str = "Query", leaf: str = "__typename") -> str:
    """Each of so many fragments spreads the next one twice: written out it is two to that power."""
    start = "{...A}" if on == "Query" else '{area(code:"1"){...A}}'
    names = [chr(ord("A") + number) for number in range(fragments)]
    bodies = [f"...{below}...{below}" for below in names[1:]] + [leaf]
    return start + "".join(
        f"fragment {name} on {on}{{{body}}}" for name, body in zip(names, bodies, strict=True)
    )


def spread_in_a_ring(fragments: int) -> str:
    """Fragments that come round to the first one."""
    return "{...A0}" + "".join(
        f"fragment A{number} on Query{{...A{(number + 1) % fragments}}}" for number in range(fragments)
    )


def chain(fragments: int, *, leaf: str = "__typename") -> str:
    """Each fragment spreads the next one, once."""
    return "{...A0}" + "".join(
        f"fragment A{number} on Query{{{f'...A{number + 1}' if number + 1 < fragments else leaf}}}"
        for number in range(fragments)
    )


def parents(depth: int) -> str:
    """An area's parent's parent's … , ``depth`` fields deep."""
    return '{area(code:"1"){' + "parent{" * (depth - 2) + "id" + "}" * (depth - 2) + "}}"


NESTED = {
    "braces": lambda n: '{area(code:"1"){' + "parent{" * n + "id" + "}" * n + "}}",
    "inline fragments": lambda n: "{" + "...{" * n + "__typename" + "}" * n + "}",
    "lists": lambda n: "{cases(filter:{states:" + "[" * n + "ACCEPTED" + "]" * n + "}){totalCount}}",
    "objects": lambda n: "{cases(filter:" + "{search:" * n + '"x"' + "}" * n + "){totalCount}}",
    "types": lambda n: "query($a:" + "[" * n + "Int" + "]" * n + "){areas(first:$a){totalCount}}",
    "directive arguments": lambda n: "{__typename @skip(if:" + "[" * n + "true" + "]" * n + ")}",
    "variable defaults": lambda n: (
        "query($a:[Int]=" + "[" * n + "1" + "]" * n + "){areas(first:$a){totalCount}}"
    ),
}
"""What can be nested, ``n`` deep."""
