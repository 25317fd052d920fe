"""Districts: what they are, how they join, what they configure, and how they leave."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from tests.api.asked import NOBODY, kept
from tests.api.casework import mutation_of
from tests.api.shapes import DISTRICT, EVERYBODY, OFFICE, OPERATORS, Part, Root

from bangban.kernel.levels import AreaLevel


def _deciding(name: str) -> str:
    return f"mutation($i: {name[0].upper()}{name[1:]}Input!) {{ {name}(input: $i) {{ id }} }}"


_FIELDS: Final = "slug name divisionCode contactName contactPhone contactEmail adminLogin"

ONBOARDING: Final = dict.fromkeys(_FIELDS.split(), "")

ROOTS: Final[Mapping[str, Root]] = {
    "Query.districts": Root(EVERYBODY, "{ districts { totalCount } }"),
    "Query.onboarding": Root(
        EVERYBODY,
        "query($id: ID!) { onboarding(id: $id) { id } }",
        lambda _: {"id": NOBODY},
        caller="anonymous",
    ),
    "Query.onboardings": Root(OPERATORS, "{ onboardings { __typename } }", caller="system-operator"),
    "Query.district": Root(DISTRICT, "{ district { slug } }"),
    "Query.readiness": Root(OFFICE, "{ readiness { code count } }", caller="admin"),
    "Mutation.configureDistrict": Root(
        OFFICE,
        mutation_of("configureDistrict", "slug name"),
        lambda _: {"input": {"contactPhone": "12345"}},
        caller="admin",
    ),
    "Mutation.setLevels": Root(
        OFFICE,
        mutation_of("setLevels", "slug levels"),
        lambda _: {"input": {"levels": [level.value for level in AreaLevel]}},
        caller="admin",
    ),
    "Mutation.goLive": Root(OFFICE, "mutation { goLive { slug status } }", caller="admin"),
    "Mutation.applyForOnboarding": Root(
        EVERYBODY,
        "mutation($i: ApplyForOnboardingInput!) { applyForOnboarding(input: $i) { accessToken } }",
        lambda _: {"i": ONBOARDING},
        ("INVALID_INPUT",),
    ),
    **{
        f"Mutation.{name}": Root(
            EVERYBODY,  # who holds a ticket; without one, there is no application
            _deciding(name),
            lambda _, more=more: {"i": {"id": NOBODY, **more}},
            ("NOT_FOUND",),
            "anonymous",
        )
        for name, more in {"verifyOnboarding": {"code": "123456"}, "resendOnboardingCode": {}}.items()
    },
    **{
        f"Mutation.{name}": Root(
            OPERATORS,
            _deciding(name),
            lambda _, more=more: {"i": {"id": NOBODY, **more}},
            ("NOT_FOUND",),
            "system-operator",
        )
        for name, more in {
            "approveOnboarding": {},
            "rejectOnboarding": {"reason": "样本理由"},
            "retryOnboarding": {},
        }.items()
    },
    "Query.departure": Root(OFFICE, "{ departure { slug status } }", caller="admin"),
    "Mutation.exportDistrict": kept("exportDistrict", "slug", "INVALID_INPUT", passphrase="short"),
    "Mutation.leavePlatform": kept("leavePlatform", "slug", "INVALID_INPUT", reason="x", passphrase="short"),
    "Mutation.cancelLeaving": kept("cancelLeaving", "slug", "CONFLICT", reason="样本原因"),
    "Mutation.dropDistrict": kept("dropDistrict", "slug", "FORBIDDEN", slug="rushan", confirmSlug="rushan"),
    "Subscription.onboardingProgress": Root(
        EVERYBODY,
        "subscription($id: ID!) { onboardingProgress(id: $id) { id } }",
        lambda _: {"id": NOBODY},
        ("NOT_FOUND",),
        "anonymous",
    ),
}

PART: Final = Part(roots=ROOTS)
