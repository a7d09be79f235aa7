"""What is installed is what was locked, and nothing of it runs before it was checked."""

import json
import re
from typing import Any, Final

import pytest
import yaml

from tests.contracts.sources import read
from tools.contracts import ROOT

LOCKS: Final = sorted(path.name for path in (ROOT / "requirements").glob("*.txt"))
WORKFLOWS: Final = sorted((ROOT / ".github" / "workflows").glob("*.yml"))


def locked(name: str) -> dict[str, str]:
    """The versions of one lock."""
    return dict(
        re.findall(r"^([a-z0-9_.-]+)==([^ ;]+)", read(f"requirements/{name}"), re.MULTILINE)
    )


def steps(workflow: dict[str, Any]) -> list[dict[str, Any]]:
    return [step for job in workflow["jobs"].values() for step in job["steps"]]


@pytest.mark.parametrize("name", LOCKS)
def test_every_package_is_locked_by_version_and_hash(name: str) -> None:
    text = re.sub(r"^#.*\n", "", read(f"requirements/{name}"), flags=re.MULTILINE)
    entries = re.split(r"\n(?=[a-z0-9])", text)
    assert entries
    for entry in entries:
        assert re.match(r"[a-z0-9_.-]+==[^\s;]+", entry), entry
        assert "--hash=sha256:" in entry, entry
    assert "://" not in read(f"requirements/{name}")


def test_nothing_is_installed_unchecked() -> None:
    installs = re.findall(r"\$\((\w+)\)(?:/| )pip (install .*)", read("Makefile"))
    assert {program for program, _ in installs} == {"BIN", "UV"}
    assert all("--require-hashes" in install for _, install in installs)
    # pip installs uv, which checks the others: it runs only after it was checked itself.
    (uv,) = [install for program, install in installs if program == "BIN"]
    assert "--only-binary :all:" in uv
    assert "requirements/uv.txt" in uv
    assert locked("uv.txt")["uv"] == locked("dev.txt")["uv"]


def test_no_script_of_a_package_runs_when_it_is_installed() -> None:
    installs = re.findall(r"npm (?:ci|install) .*", read("Makefile"))
    assert len(installs) == 2
    assert all("--ignore-scripts" in install for install in installs)
    packages = json.loads(read("package-lock.json"))["packages"]
    assert all("integrity" in package for path, package in packages.items() if path)


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_a_workflow_may_read_and_runs_what_was_looked_at(path: Any) -> None:  # noqa: ANN401 - a path
    text = path.read_text()
    workflow = yaml.safe_load(text)
    assert workflow["permissions"] == {"contents": "read"}
    assert all("permissions" not in job for job in workflow["jobs"].values())
    used = [step for step in steps(workflow) if "uses" in step]
    assert used
    for step in used:
        assert re.fullmatch(r"[\w.-]+/[\w.-]+@[0-9a-f]{40}", step["uses"])
        assert re.search(rf"{re.escape(step['uses'])} # v[0-9.]+\n", text)
        if step["uses"].startswith("actions/checkout@"):
            assert step["with"]["persist-credentials"] is False
