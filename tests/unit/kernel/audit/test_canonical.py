"""The bytes that entries are hashed as: equal for equal entries, different for any difference at all."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bangban.kernel.audit.canonical import (
    Entry,
    SealDigest,
    SealHead,
    canonical,
    canonical_json,
    from_microseconds,
    genesis,
    microseconds,
)

texts = st.text(alphabet='a1:,-"\\ 帮𠮷', max_size=5)
numbers = st.integers(-(2**63), 2**63 - 1)
scalars = st.none() | st.booleans() | st.integers(-99, 99) | texts
values = scalars | st.lists(scalars, max_size=2) | st.dictionaries(texts, scalars, max_size=2)
details = st.dictionaries(texts, values, max_size=3)
few = settings(max_examples=40)
entries = st.builds(
    Entry,
    seq=numbers,
    id=texts,
    at=numbers,
    actor=texts,
    action=texts,
    object=texts,
    area_id=st.none() | texts,
    request_id=st.none() | texts,
    details=details.map(json.dumps),
)


def plain(entry: Entry) -> tuple[object, ...]:
    return (*entry[:-1], json.dumps(json.loads(entry.details or "null"), sort_keys=True))


@few
@given(entries, entries)
def test_two_entries_share_their_bytes_only_if_they_are_equal(one, other):
    assert (canonical(one) == canonical(other)) == (plain(one) == plain(other))


@few
@given(entries, texts, st.integers(0, 5))
def test_text_moved_across_a_border_of_fields_changes_the_bytes(entry, text, cut):
    one = entry._replace(actor=text[:cut], action=text[cut:])
    other = entry._replace(actor=text, action="")
    assert (canonical(one) == canonical(other)) == (one == other)


@pytest.mark.parametrize("field", ["area_id", "request_id"])
def test_absent_is_not_empty(field):
    entry = Entry(1, "i", 2, "a", "b", "c", None, None, "{}")
    assert canonical(entry) != canonical(entry._replace(**{field: ""}))
    assert canonical(entry) != canonical(entry._replace(**{field: "-"}))


@few
@given(st.lists(entries, max_size=3), st.lists(entries, max_size=3))
def test_lists_of_entries_share_a_digest_only_if_they_are_equal(some, others):
    def digest(chosen):
        seal = SealDigest(genesis("zouping"), SealHead(1, 1, 9, 3, 0))
        seal.feed(map(canonical, chosen))
        return seal.digest()

    assert (digest(some) == digest(others)) == ([*map(plain, some)] == [*map(plain, others)])


@given(st.tuples(numbers, numbers, numbers, numbers, numbers), st.integers(0, 4))
def test_every_number_of_a_seal_is_in_its_digest(head, which):
    changed = tuple(each + (index == which) for index, each in enumerate(head))
    one, other = (SealDigest(b"x" * 32, SealHead(*each)).digest() for each in (head, changed))
    assert one != other


def test_the_digest_before_is_in_the_digest_after():
    head = SealHead(2, 1, 1, 1, 0)
    assert SealDigest(b"a" * 32, head).digest() != SealDigest(b"b" * 32, head).digest()
    assert genesis("zouping") != genesis("rushan")


@few
@given(details)
def test_the_order_of_keys_does_not_matter(value):
    turned = dict(reversed(value.items()))
    assert canonical_json(json.dumps(value)) == canonical_json(json.dumps(turned))
    assert json.loads(canonical_json(json.dumps(value))) == value


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ('{"n": 1}', '{"n": 1.0}'),
        ('{"n": 1.0}', '{"n": 1.00}'),
        ('{"n": 0.1}', '{"n": 0.1000000000000000055511151231257827}'),
        ('{"n": 1}', '{"n": "1"}'),
        ('{"n": true}', '{"n": "true"}'),
        ('{"n": null}', "{}"),
        ('{"n": []}', '{"n": {}}'),
    ],
)
def test_values_that_only_look_alike_stay_apart(one, other):
    assert canonical_json(one) != canonical_json(other)


def test_a_number_longer_than_any_integer_that_python_reads_is_no_obstacle():
    assert canonical_json('{"n": ' + "9" * 9_000 + "}").count("9") == 9_000


def test_the_written_definition_gives_the_same_bytes():
    """As ``docs/audit.md`` has it, worked out by hand."""
    entry = Entry(
        7, "0198c000-0000-7000-8000-000000000001", 1_795_000_000_000_001, "staff:9", "case:accept",
        "case:ZP20261121-000001", None, "r1", '{"b": 1, "a": "帮"}',
    )  # fmt: skip
    raw = (
        b"21:bangban-audit-entry/1,1:7,36:0198c000-0000-7000-8000-000000000001,16:1795000000000001,"
        b"7:staff:9,11:case:accept,22:case:ZP20261121-000001,-2:r1,17:" + '{"a":"帮","b":1},'.encode()
    )
    assert canonical(entry) == raw
    head = SealHead(1, 1, 7, 1, 1_795_000_000_000_002)
    start = hashlib.sha256(b"23:bangban-audit-genesis/1,7:zouping,").digest()
    seal = SealDigest(genesis("zouping"), head)
    seal.feed([raw])
    expected = (
        b"20:bangban-audit-seal/1,64:" + start.hex().encode() + b",1:1,1:1,1:7,1:1,16:1795000000000002,"
    )
    assert seal.digest() == hashlib.sha256(expected + b"%d:" % len(raw) + raw + b",").digest()


@given(st.datetimes(timezones=st.just(UTC)))
def test_microseconds_are_exact(at):
    assert from_microseconds(microseconds(at)) == at


def test_microseconds_do_not_depend_on_the_zone():
    at = datetime(2026, 11, 21, 8, 0, 0, 1, tzinfo=timezone(timedelta(hours=8)))
    assert microseconds(at) == microseconds(at.astimezone(UTC))
