"""All commands of ``bangban``, put together."""

from __future__ import annotations

import sys

import typer

from bangban.cli import (
    access,
    archives,
    audit,
    calendar,
    district,
    documents,
    fleet,
    keys,
    leaving,
    messages,
    onboarding,
    operator,
    placement,
    quotas,
    retention,
    run,
    schema,
    serve,
)
from bangban.cli.wording import say
from bangban.kernel.database.embedded_problem import EmbeddedPostgresProblem
from bangban.kernel.problems import Problem
from bangban.kernel.vault.problems import StartProblem

app = typer.Typer(
    name="bangban",
    help="帮办:多地区政务帮办代办平台 / Assisted government services of many districts.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command("run")(run.run)
app.command("serve")(serve.serve)
district.app.command("quotas")(quotas.quotas)
district.app.command("erase-due")(retention.erase_due)
district.app.add_typer(archives.app)  # no name: its commands stand among the others
district.app.add_typer(leaving.app)
app.add_typer(district.app, name="district")
app.add_typer(documents.app, name="documents")
app.add_typer(onboarding.app, name="onboarding")
app.add_typer(operator.app, name="operator")
app.add_typer(access.app, name="access")
app.add_typer(audit.app, name="audit")
app.add_typer(calendar.app, name="calendar")
for name, command in (("nodes", placement.nodes), ("place", placement.place), ("move", placement.move)):
    fleet.app.command(name)(command)
app.add_typer(fleet.app, name="fleet")
app.add_typer(keys.app, name="keys")
app.add_typer(messages.app, name="messages")
app.add_typer(schema.app, name="schema")


def run_command() -> None:
    """Run the command that was asked for. A refusal is a sentence and exit code 1, never a traceback."""
    try:
        app()
    except (StartProblem, Problem) as refused:
        say(refused.message("zh"), refused.message("en"), error=True)
        sys.exit(1)
    except EmbeddedPostgresProblem as refused:
        say(refused.zh, refused.en, error=True)
        sys.exit(1)
