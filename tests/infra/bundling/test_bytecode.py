"""What `make deploy` says about bytecode, and which stage it refuses without."""

from pathlib import Path

import pytest

from infra.bundling.__main__ import main

PROD = {"STAGE": "prod", "UPSTREAM_URL": "https://liveness.example.com"}
Output = pytest.CaptureFixture[str]


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    """Stages of a Python that nothing here compiles for."""
    for stage in ("dev", "prod"):
        text = (Path("stages") / f"{stage}.toml").read_text()
        (tmp_path / f"{stage}.toml").write_text(f'{text}\npython_version = "3.99"\n')
    return tmp_path


def test_the_compiler_is_named(capsys: Output) -> None:
    assert main(PROD) == 0
    assert capsys.readouterr().out.startswith("ok    bytecode: Python 3.14 ")


@pytest.mark.parametrize(
    ("more", "code", "level"),
    [
        ({}, 1, "stop"),
        ({"ALLOW_NO_BYTECODE": "1"}, 0, "note"),
        ({"STAGE": "dev"}, 0, "note"),
    ],
)
def test_a_stage_that_keeps_data_is_refused_without(
    directory: Path, capsys: Output, more: dict[str, str], code: int, level: str
) -> None:
    assert main(PROD | more, directory) == code
    printed = capsys.readouterr().out
    assert printed.startswith(f"{level}  bytecode: Nothing here compiles")
    assert ("ALLOW_NO_BYTECODE=1" in printed) is bool(code)


def test_a_stage_that_is_not_there_is_one_line(capsys: Output) -> None:
    assert main({"STAGE": "nowhere"}) == 1
    assert len(capsys.readouterr().err.splitlines()) == 1
