"""Outputs of the stack: each that a program or a document names is there, and is read by it."""

import ast
import re

from local.stack.cdk import STACK, STAGE
from tests.contracts.sources import read, texts
from tests.infra.assembly import ROOT, Assembly

OUTPUT = re.compile(r"[<`(]([A-Z][a-z]+(?:[A-Z][a-z]+)*(?:Id|Arn|Url|Name))[>`)]")


def outputs_read() -> set[str]:
    """The literal in every `outputs["..."]` of cli/ and local/."""
    return {
        node.slice.value
        for folder in ("cli", "local")
        for path in (ROOT / folder).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Subscript)
        and ast.unparse(node.value).endswith("outputs")
        and isinstance(node.slice, ast.Constant)
        and isinstance(node.slice.value, str)
    }


def test_programs_and_documents_name_outputs_that_exist(assembly: Assembly) -> None:
    outputs = assembly.template["Outputs"].keys()
    assert len(outputs_read()) >= 4
    assert outputs_read() <= outputs
    for place in ("docs/operate.md", "docs/consume.md", "README.md"):
        named = set(OUTPUT.findall(read(place)))
        assert named, place
        assert named <= outputs, place


def test_the_programs_look_for_the_stack_that_is_deployed(assembly: Assembly) -> None:
    prefix = assembly.stack_name.removesuffix(assembly.stage)
    parsed = [ast.parse(path.read_text()) for path in (ROOT / "cli").rglob("*.py")]
    assert prefix in {text for tree in parsed for text in texts(tree)}, "cli/ and infra/stack.py"
    if assembly.stage == STAGE:
        assert assembly.stack_name == STACK
