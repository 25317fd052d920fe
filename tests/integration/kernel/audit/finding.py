"""What a verification found."""

from __future__ import annotations


def only(report):
    assert len(report.findings) == 1, report.findings
    return report.findings[0]
