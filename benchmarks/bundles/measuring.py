"""The two ways, each timed by the one client that goes both."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from time import perf_counter
from typing import Any, Final

from benchmarks.lifecycles.client import Client
from benchmarks.lifecycles.ground import PASSWORD

from bangban.kernel.identifiers import sample_phone, sample_resident_id

DISTRICT: Final = "nanjing-qixia"
COMMUNITY: Final = "320113003001"
BUNDLE: Final = "NJQX-FLOATING-POPULATION"
PAPERS: Final = {
    "TPL-RESIDENCE-PERMIT": ("ID-CARD", "LEASE", "LANDLORD-DEED", "LANDLORD-ID-CARD", "PHOTO"),
    "NJQX-BIRTH-PAPER": ("ID-CARD", "RESIDENCE", "SPOUSE-ID-CARD", "MARRIAGE"),
    "NJQX-VOCATIONAL-TRAINING": ("ID-CARD", "APPLICATION", "CERTIFICATE"),
    "NJQX-EMPLOYMENT-REGISTRATION": ("ID-CARD",),
}
ONCE: Final = (
    *("ID-CARD", "LEASE"),
    *(
        f"{item}/{paper}"
        for item, papers in PAPERS.items()
        for paper in papers
        if paper not in ("ID-CARD", "LEASE", "RESIDENCE")
    ),
)
"""The same papers under the bundle's keys: what it shares, and what one matter alone asks for."""

READS: Final = 5
"""In a row each time: one alone takes too little time to be told from what else the machine does."""

_SIGN_IN: Final = "mutation($i: SignInInput!) { signIn(input: $i) { accessToken } }"
_APPLY_ONCE: Final = (
    "mutation($i: ApplyForBundleInput!) { applyForBundle(input: $i) { number members { number } } }"
)
_APPLY: Final = "mutation($i: ApplyForCaseInput!) { applyForCase(input: $i) { number } }"
_CASE: Final = "state service { name } clock { dueOn light } resultNumber"
_READ_ONCE: Final = f"""query($number: String!) {{
  bundleApplication(number: $number) {{ members {{ case {{ {_CASE} }} }} materials {{ key state }} }}
}}"""
_READ: Final = f"""query($number: String!) {{
  case(number: $number) {{ {_CASE} materials {{ code state }} }}
}}"""

Round = dict[str, tuple[float, float]]
"""Seconds of the one and of the four, by ``apply`` and ``read``."""


class Helper:
    """A helper of the community, on one connection."""

    def __init__(self, client: Client, headers: bytes, area_id: str) -> None:
        self._client, self._headers, self._area_id = client, headers, area_id

    @classmethod
    async def signed_in(cls, port: int, area_id: str) -> Helper:
        """Raises RefusedError where the account cannot sign in."""
        client = await Client.connect(port)
        given = {"i": {"login": "helper-village", "password": PASSWORD}}
        answer = await client.ask(_SIGN_IN, given, f"X-District: {DISTRICT}\r\n".encode())
        return cls(client, f"Authorization: Bearer {answer['signIn']['accessToken']}\r\n".encode(), area_id)

    def close(self) -> None:
        """Go."""
        self._client.close()

    async def ask(self, query: str, field: str, **variables: Any) -> Any:
        """The answer's one field."""
        return (await self._client.ask(query, variables, self._headers))[field]

    async def apply_once(self, n: int) -> Any:
        """The application of person ``n`` for all matters."""
        form = [{"key": "address", "value": "样本路 1 号"}, {"key": "moved-in", "value": "2026-03-01"}]
        given = {**self._whose(n), "bundleCode": BUNDLE, "form": form, "supplied": ONCE}
        return await self.ask(_APPLY_ONCE, "applyForBundle", i=given)

    async def apply_for_each(self, n: int) -> list[str]:
        """The numbers of the same person's cases, one applied for after the other."""
        found = []
        for item, papers in PAPERS.items():
            given = {**self._whose(n), "serviceCode": item, "supplied": papers}
            found.append((await self.ask(_APPLY, "applyForCase", i=given))["number"])
        return found

    async def read_once(self, number: str) -> Any:
        """The application with its cases and papers, so many times."""
        found = [await self.ask(_READ_ONCE, "bundleApplication", number=number) for _ in range(READS)]
        return found[-1]

    async def read_each(self, numbers: Sequence[str]) -> list[Any]:
        """The cases with their papers, so many times."""
        found = [[await self.ask(_READ, "case", number=number) for number in numbers] for _ in range(READS)]
        return found[-1]

    def _whose(self, n: int) -> dict[str, Any]:
        person = {
            "kind": "PERSON",
            "name": "样本人",
            "identityNumber": sample_resident_id(n),
            "phone": sample_phone(n),
        }
        return {"areaId": self._area_id, "applicant": person}


async def round_of(helper: Helper, n: int) -> Round:
    """Both ways once, for person ``n``; even numbers go the bundle's way first. Raises RuntimeError if they differ."""
    (application, cases), applied = await _both(
        n, lambda: helper.apply_once(n), lambda: helper.apply_for_each(n)
    )
    (whole, parts), read = await _both(
        n, lambda: helper.read_once(application["number"]), lambda: helper.read_each(cases)
    )
    check(whole, parts)
    one, four = read
    return {"apply": applied, "read": (one / READS, four / READS)}


def check(whole: Any, parts: Sequence[Any]) -> None:
    """Raises RuntimeError where one application's cases are not as the four, or a paper was not given to all."""
    members = [each["case"] for each in whole["members"]]
    bare = [{key: value for key, value in each.items() if key != "materials"} for each in parts]
    if len(members) != len(PAPERS) or members != bare:
        raise RuntimeError(f"the cases differ: {members}, {bare}")
    states = {
        each["state"] for each in [*whole["materials"], *(m for one in parts for m in one["materials"])]
    }
    if states != {"SUPPLIED"}:
        raise RuntimeError(f"not every paper was supplied: {states}")


async def _both(
    n: int, one: Callable[[], Awaitable[Any]], four: Callable[[], Awaitable[Any]]
) -> tuple[tuple[Any, Any], tuple[float, float]]:
    if n % 2:
        second, first = await _timed(four), await _timed(one)
    else:
        first, second = await _timed(one), await _timed(four)
    return (first[0], second[0]), (first[1], second[1])


async def _timed(do: Callable[[], Awaitable[Any]]) -> tuple[Any, float]:
    begun = perf_counter()
    answer = await do()
    return answer, perf_counter() - begun
