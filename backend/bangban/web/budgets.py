"""Budgets: how much a caller and a district may ask for in a minute, counted in what operations cost.

A cost is an estimate of rows (``web/costs.py``): the shipped operations cost 1 to some 1,200, a dashboard 3,800, and
nothing costs more than 30,000. Each budget is a token bucket: it fills at the budget's pace and holds
``burst_seconds`` of it, so that over any stretch of time no more is let through than the bucket held and what
flowed in meanwhile. Arithmetic is in whole numbers; time comes from a monotonic clock.

Two buckets are asked for each operation, the district's and the caller's, and both pay or neither does. An
anonymous caller is an address: one of IPv4, or the 64 bits of IPv6 that a provider gives to one customer.
Memory is bounded: each kind of bucket has room of its own, least recently used first out, so a flood from
very many addresses cannot make anybody else's spending be forgotten.

Every worker process counts for itself. With ``n`` of them behind one port, a caller whose requests are spread
evenly may spend ``n`` budgets: divide the settings by the number of processes.

    standing = budgets.spend(district=slug, principal=principal, address=address, price=price(…))
"""

from __future__ import annotations

import json
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Any, Final, NamedTuple

from bangban.kernel.access.principals import Principal, PrincipalKind
from bangban.kernel.problems import RateLimited
from bangban.web.costs import MOST_COST, cost_extension
from bangban.web.requests import Answer

_MINUTE: Final = 60 * 10**9  # nanoseconds: what one unit of cost weighs, so that a budget drains 1 per ns
_SECOND: Final = 10**9
_MOST_DISTRICTS: Final = 5_000
_MOST_PRINCIPALS: Final = 50_000
_MOST_ADDRESSES: Final = 50_000
_IPV6_CUSTOMER: Final = 64


class CallerOverBudget(RateLimited):
    """The caller has asked for more than one caller may."""

    zh = "您的请求量已达每分钟上限,请在 {seconds} 秒后再试。"
    en = "You have asked for as much as one caller may in a minute; try again in {seconds} seconds."


class DistrictOverBudget(RateLimited):
    """All callers of the district together have asked for more than one district may."""

    zh = "本地区的请求量已达每分钟上限,请在 {seconds} 秒后再试。"
    en = "This district has asked for as much as one may in a minute; try again in {seconds} seconds."


@dataclass(frozen=True)
class Allowances:
    """Cost per minute; 0 counts nothing. ``districts`` are those with a budget of their own.

    The defaults are of one process on one core, which reads some 200,000 to 900,000 rows in a second.
    A district: 30 million, which only a flood reaches that keeps the whole process busy. A person: 600,000,
    or twenty inboxes of 500 every second. A portal, which asks for a whole county's people: ten times that.
    An address without a sign-in: half a person's, and still ten pages a second of a dear catalog, since the
    phones of a whole village may share one.
    """

    district: int = 30_000_000
    principal: int = 600_000
    portal: int = 6_000_000
    address: int = 300_000
    burst_seconds: int = 60
    districts: Mapping[str, int] = field(default_factory=dict)


class Standing(NamedTuple):
    """What a caller may spend in a minute, and what is left right now; None where it is not counted."""

    budget: int | None
    remaining: int | None


class Bucket(NamedTuple):
    """What was spent and has not flowed in again, in cost x nanoseconds of a minute, and when that was so."""

    debt: int
    at: int


class Buckets:
    """Token buckets of one kind, ``most`` of them at a time."""

    def __init__(self, *, most: int) -> None:
        self._most = most
        self._known: OrderedDict[Hashable, Bucket] = OrderedDict()

    def __len__(self) -> int:
        return len(self._known)

    def debt(self, key: Hashable, *, budget: int, now: int) -> int:
        """What is still owed at ``now``."""
        bucket = self._known.get(key)
        return max(0, bucket.debt - budget * (now - bucket.at)) if bucket is not None else 0

    def owe(self, key: Hashable, debt: int, *, now: int) -> None:
        """Set down what is owed."""
        self._known[key] = Bucket(debt, now)
        self._known.move_to_end(key)
        if len(self._known) > self._most:
            self._known.popitem(last=False)


class Budgets:
    """All budgets of one process. Every call takes the same few steps, however many callers there are."""

    def __init__(
        self,
        allowances: Allowances,
        *,
        quota_of: Callable[[str], int | None] = lambda _: None,
        clock: Callable[[], int] = time.monotonic_ns,
    ) -> None:
        """``quota_of``: what a district may spend in a minute by its quota, which goes before the settings."""
        self._allowances = allowances
        self._quota_of = quota_of
        self._clock = clock
        self._districts = Buckets(most=_MOST_DISTRICTS)
        self._principals = Buckets(most=_MOST_PRINCIPALS)
        self._addresses = Buckets(most=_MOST_ADDRESSES)

    def spend(self, *, district: str | None, principal: Principal, address: str, price: int) -> Standing:
        """Pay for an operation.

        ``address`` is what ``customer_of`` makes of the client's; it counts where nobody is signed in.

        Raises:
            CallerOverBudget, DistrictOverBudget: Nothing was paid. In ``seconds`` there will be enough.
        """
        now = self._clock()
        buckets, key, budget = self._of_caller(principal, address)
        capacity, owed = self._capacity(budget), 0
        if budget:
            owed, wait = self._after(buckets, key, budget, price, now)
            if wait:
                raise CallerOverBudget(seconds=wait)
        shared = self._of_district(district)
        if shared:
            total, wait = self._after(self._districts, district, shared, price, now)
            if wait:
                raise DistrictOverBudget(seconds=wait)
            self._districts.owe(district, total, now=now)
        if not budget:
            return Standing(None, None)
        buckets.owe(key, owed, now=now)
        return Standing(budget, (capacity - owed) // _MINUTE)

    def _after(self, buckets: Buckets, key: Hashable, budget: int, price: int, now: int) -> tuple[int, int]:
        """What would be owed after paying, and the seconds to wait first; 0 where it can be paid."""
        capacity = self._capacity(budget)
        owed = buckets.debt(key, budget=budget, now=now) + min(price * _MINUTE, capacity)
        return owed, max(0, -((capacity - owed) // (budget * _SECOND)))

    def _capacity(self, budget: int) -> int:
        # Room for any one operation, or it could never run.
        return max(budget * self._allowances.burst_seconds * _SECOND, MOST_COST * _MINUTE)

    def _of_caller(self, principal: Principal, address: str) -> tuple[Buckets, Hashable, int]:
        if principal.kind is PrincipalKind.ANONYMOUS:
            return self._addresses, address, self._allowances.address
        portal = principal.kind is PrincipalKind.PORTAL
        budget = self._allowances.portal if portal else self._allowances.principal
        return self._principals, (principal.district, principal.id), budget

    def _of_district(self, district: str | None) -> int:
        if district is None:
            return 0
        quota = self._quota_of(district)
        return quota or self._allowances.districts.get(district, self._allowances.district)


class Purse:
    """One request's way to its budgets. ``standing`` is where they stood after it was paid."""

    __slots__ = ("_budgets", "_district", "_principal", "address", "standing")

    def __init__(self, budgets: Budgets, district: str | None, principal: Principal, address: str) -> None:
        self._budgets = budgets
        self._district = district
        self._principal = principal
        self.address = address
        self.standing = Standing(None, None)

    def pay(self, price: int) -> None:
        """Raises as ``spend``."""
        self.standing = self._budgets.spend(
            district=self._district, principal=self._principal, address=self.address, price=price
        )


def with_cost(answer: Answer, standing: Standing) -> Answer:
    """The answer with ``extensions.cost``, for a client that sent ``GraphQL-Cost: report``; nobody else's then."""
    if answer.cost is None:
        return answer
    extensions = cost_extension(answer.cost, budget=standing.budget, remaining=standing.remaining)
    if answer.raw is None:
        return replace(answer, body={**answer.body, "extensions": extensions}, public=False)
    told = json.dumps(extensions, separators=(",", ":")).encode()
    return replace(answer, raw=b'%b,"extensions":%b}' % (answer.raw[:-1], told), public=False)


def client_of(scope: Mapping[str, Any]) -> str:
    """Who is at the other end of a connection, for ``spend``.

    The server puts the address into the scope; behind a proxy it takes it from X-Forwarded-For, if and only
    if the proxy is one of ``BANGBAN_TRUSTED_PROXIES``.
    """
    client = scope.get("client")
    return customer_of(client[0]) if client else ""


@lru_cache(maxsize=4096)
def customer_of(address: str) -> str:
    """An address as one customer's: of IPv6 the first 64 bits, of anything else all of it."""
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return address[:64]
    if isinstance(found, IPv6Address):
        if found.ipv4_mapped is not None:
            return str(found.ipv4_mapped)
        return str(ip_network((found, _IPV6_CUSTOMER), strict=False))
    return str(found)
