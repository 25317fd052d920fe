"""``bangban operator``: accounts are made, taken up with a token, closed and opened; nothing typed is shown."""

from __future__ import annotations

from tests.integration.cli.conftest import Command

PASSWORD = "correct-horse-battery-1"


def token_of(output: str) -> str:
    """The one-time token, which stands alone on the last line."""
    return output.strip().splitlines()[-1]


def rows(command: Command) -> dict[str, str]:
    """Each account's line in the list."""
    listed = command("operator", "list", "--lang", "en")
    assert listed.exit_code == 0
    lines = [line for line in listed.output.splitlines() if "│" in line]
    return {line.split("│")[1].strip(): line for line in lines}


def test_an_account_from_its_making_to_its_closing(command: Command) -> None:
    made = command("operator", "add", "keeper", "--name", "样本员", "--duty", "system", "--lang", "en")
    assert made.exit_code == 0, made.output
    assert "shown this once" in made.output
    assert "invited" in rows(command)["keeper"]
    token = token_of(made.output)
    accepted = command("operator", "accept", "--lang", "en", typed=f"{token}\n{PASSWORD}\n{PASSWORD}\n")
    assert accepted.exit_code == 0, accepted.output
    assert "the password is set" in accepted.output
    assert PASSWORD not in accepted.output
    assert token not in accepted.output
    assert "enabled" in rows(command)["keeper"]
    # A token counts once.
    assert command("operator", "accept", typed=f"{token}\n{PASSWORD}\n{PASSWORD}\n").exit_code == 1
    second = command("operator", "add", "second", "--name", "样本员", "--duty", "SYSTEM")
    accepted = command("operator", "accept", typed=f"{token_of(second.output)}\n{PASSWORD}\n{PASSWORD}\n")
    assert accepted.exit_code == 0, accepted.output
    closed = command("operator", "disable", "keeper", "--lang", "zh")
    assert "已停用" in closed.output
    assert "disabled" in rows(command)["keeper"]
    opened = command("operator", "enable", "keeper", "--lang", "zh")
    assert "已启用" in opened.output


def test_another_token_replaces_the_first(command: Command) -> None:
    first = command("operator", "add", "watcher", "--name", "样本员", "--duty", "audit")
    again = command("operator", "invite", "watcher")
    assert again.exit_code == 0
    old, new = token_of(first.output), token_of(again.output)
    assert old != new
    assert command("operator", "accept", typed=f"{old}\n{PASSWORD}\n{PASSWORD}\n").exit_code == 1
    assert command("operator", "accept", typed=f"{new}\n{PASSWORD}\n{PASSWORD}\n").exit_code == 0


def test_refusals_are_sentences(command: Command) -> None:
    command("operator", "add", "taken", "--name", "样本员", "--duty", "security")
    for words in (
        ("add", "taken", "--name", "样本员", "--duty", "security"),
        ("invite", "nobody"),
        ("disable", "nobody"),
        ("enable", "nobody"),
    ):
        refused = command("operator", *words, "--lang", "en")
        assert refused.exit_code == 1, words
        assert "Traceback" not in refused.output
        assert refused.output.strip()
    assert command("operator", "add", "x", "--name", "x", "--duty", "king").exit_code == 2
