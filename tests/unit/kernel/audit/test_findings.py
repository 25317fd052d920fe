"""Findings and reports: sentences in both languages, and data for programs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bangban.kernel.audit.findings import Finding, FindingKind, Report

NOW = datetime(2026, 11, 21, tzinfo=UTC)


@pytest.mark.parametrize("kind", list(FindingKind))
def test_every_kind_has_a_sentence_in_both_languages(kind):
    finding = Finding(kind=kind, seal=2, first_seq=11, last_seq=20, expected=10, found=9, minutes=10)
    zh, en = finding.sentence("zh-CN"), finding.sentence("en")
    assert any("\u4e00" <= letter <= "\u9fff" for letter in zh)
    assert en.isascii() or "–" in en
    assert "None" not in zh + en
    assert finding.as_json()["kind"] == kind.value


def test_a_report_counts_the_age_of_its_tail():
    report = Report(
        district="zouping",
        checked_at=NOW,
        seals=1,
        entries=2,
        findings=(),
        tail_entries=1,
        tail_oldest=NOW - timedelta(seconds=3),
    )
    assert report.sound
    assert report.first is None
    assert report.as_json()["unsealed"] == {
        "entries": 1,
        "oldest": "2026-11-20T23:59:57+00:00",
        "oldestSeconds": 3.0,
    }
