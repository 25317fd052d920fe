"""The named operations taken as one set of documents, as generators of code take a folder."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

from graphql import FragmentDefinitionNode, OperationDefinitionNode, parse, print_ast

FOLDER = Path(__file__).resolve().parents[3] / "schema" / "graphql" / "operations"


def test_names_stand_for_one_text_each_over_the_folder() -> None:
    """Fragments of one name are one text, and no two operations share a name: generators refuse anything else."""
    fragments, operations = defaultdict(set), defaultdict(list)
    for path in sorted(FOLDER.glob("*.graphql")):
        for each in parse(path.read_text("utf-8")).definitions:
            if isinstance(each, FragmentDefinitionNode):
                fragments[each.name.value].add(print_ast(each))
            elif isinstance(each, OperationDefinitionNode) and each.name is not None:
                operations[each.name.value].append(path.name)
    assert len(fragments) >= 10
    assert {name: texts for name, texts in fragments.items() if len(texts) > 1} == {}
    assert {name: files for name, files in operations.items() if len(files) > 1} == {}
