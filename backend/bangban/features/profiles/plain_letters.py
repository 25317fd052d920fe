"""What is left of a text when everything is taken away behind which a phrase could hide (DOMAIN B05)."""

from __future__ import annotations

import unicodedata


def plain_letters(text: str) -> str:
    """Letters and digits alone, in one width and case: no blank, mark or sign that could stand between them."""
    folded = unicodedata.normalize("NFKD", text).casefold()  # marks apart from their letters
    return "".join(each for each in folded if unicodedata.category(each)[0] in "LN")
