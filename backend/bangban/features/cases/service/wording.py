"""What staff write to applicants is looked at before it is kept (DOMAIN B05)."""

from __future__ import annotations

from uuid import UUID

from bangban.features.cases.rules.assistance import assistance_of, check_phrases
from bangban.features.cases.service.loading import Loaded
from bangban.kernel.problems import ErrorCode
from bangban.kernel.tenancy.work import Work


def check_wording(loaded: Loaded, **texts: str | None) -> None:
    """Refuse banned phrases in what an applicant will read. Raises ``PhraseBanned``."""
    row = loaded.row
    check_words(loaded.work, f"case:{row.number}", row.area_id, **texts)


def check_words(work: Work, about: str, area_id: UUID | None, /, **texts: str | None) -> None:
    """The same of anything else that somebody from outside will read; ``about`` is the object in the trail.

    ``texts`` are the input's fields by name. The trail keeps the refusal. Raises ``PhraseBanned``.
    """
    work.counts_refusals(about, area_id, ErrorCode.PHRASE_BANNED)
    check_phrases(assistance_of(work.settings).phrases, **texts)
