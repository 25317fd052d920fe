"""Who somebody is: signing in and out, passwords and invitations."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from tests.api.shapes import DISTRICT, EVERYBODY, Part, Root

SIGN_IN: Final = "mutation($i: SignInInput!) { signIn(input: $i) { accessToken } }"

ROOTS: Final[Mapping[str, Root]] = {
    "Query.viewer": Root(EVERYBODY, "{ viewer { kind } }"),
    "Mutation.acceptInvitation": Root(
        EVERYBODY,
        'mutation { acceptInvitation(input: {token: "x", password: "x"}) { accessToken } }',
        found=("UNAUTHENTICATED",),
    ),
    "Mutation.requestPasswordReset": Root(
        DISTRICT, 'mutation { requestPasswordReset(input: {login: "x"}) }', found=("RATE_LIMITED", None)
    ),
    "Mutation.resetPassword": Root(
        EVERYBODY,
        'mutation { resetPassword(input: {token: "x", password: "x"}) { accessToken } }',
        found=("UNAUTHENTICATED",),
    ),
    "Mutation.changePassword": Root(
        EVERYBODY, 'mutation { changePassword(input: {current: "x", new: "x"}) }', found=("INVALID_INPUT",)
    ),
    "Mutation.signIn": Root(
        EVERYBODY, SIGN_IN, lambda _: {"i": {"login": "x", "password": "x"}}, ("UNAUTHENTICATED",)
    ),
    "Mutation.requestSignInCode": Root(
        DISTRICT, 'mutation { requestSignInCode(input: {phone: "1"}) }', found=("INVALID_INPUT",)
    ),
    "Mutation.signInWithCode": Root(
        DISTRICT,
        'mutation { signInWithCode(input: {phone: "1", code: "1"}) { accessToken } }',
        found=("INVALID_INPUT",),
    ),
    "Mutation.refreshSession": Root(
        EVERYBODY, 'mutation { refreshSession(refreshToken: "x") { accessToken } }', found=("SESSION_ENDED",)
    ),
    "Mutation.signOut": Root(EVERYBODY, "mutation { signOut }"),
}

PART: Final = Part(roots=ROOTS)
