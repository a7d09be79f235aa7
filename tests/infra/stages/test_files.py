"""A stage's file: what it may say, and what is said about a file that cannot be used."""

import tomllib
from pathlib import Path

import pytest

from infra.stages.__main__ import main, show
from infra.stages.context import overrides, resolve_stage
from infra.stages.errors import StageError
from infra.stages.files import DIRECTORY, SETTINGS, read_settings, stage_names
from tests.infra.assembly import UPSTREAM

PROD = (DIRECTORY / "prod.toml").read_text()
DECIDED = f'{PROD}\nupstream_url = "{UPSTREAM}"\nallowed_origins = ["https://a.example"]\n'


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    """The folder of the stages' files, with `prod` as it is committed."""
    (tmp_path / "prod.toml").write_text(PROD)
    return tmp_path


@pytest.mark.parametrize("name", stage_names())
def test_what_is_committed_can_be_deployed_with_an_address(name: str) -> None:
    assert resolve_stage({"stage": name, "upstream_url": UPSTREAM}).in_cloud
    assert read_settings(name).keys() <= set(SETTINGS)


def test_a_file_is_all_that_another_stage_needs(directory: Path) -> None:
    (directory / "staging-2.toml").write_text(DECIDED)
    stage = resolve_stage({"stage": "staging-2"}, directory)
    assert (stage.name, stage.upstream_url) == ("staging-2", UPSTREAM)
    assert stage.allowed_origins == ("https://a.example",)


@pytest.mark.parametrize("name", ["Prod", "2nd", "a_b", "x" * 21, "local", "prod eu", "-a"])
def test_a_name_that_no_resource_could_have_is_refused(directory: Path, name: str) -> None:
    (directory / f"{name}.toml").write_text(DECIDED)
    with pytest.raises(StageError, match="Rename the file"):
        resolve_stage({"stage": "prod", "upstream_url": UPSTREAM}, directory)


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("allowed_origin = []", "no setting 'allowed_origin'. Did you mean allowed_origins?"),
        ('name = "prod"', "no setting 'name'"),
        ("host_libraries = true", "no setting 'host_libraries'"),
        ("[verify]", "no setting 'verify'"),
        ("nonsense", "is not TOML"),
        ("upstream_url = 'https://twice.example'\nupstream_url = ''", "is not TOML"),
        ('daily_upstream_calls = "many"', "is not TOML"),  # it is there already
    ],
)
def test_a_file_that_cannot_be_read_is_one_line(directory: Path, line: str, told: str) -> None:
    (directory / "prod.toml").write_text(f"{PROD}{line}\n")
    with pytest.raises(StageError) as refused:
        resolve_stage({"stage": "prod", "upstream_url": UPSTREAM}, directory)
    assert told in str(refused.value)
    assert str(refused.value).startswith("stages/prod.toml")
    assert "\n" not in str(refused.value)


def test_a_file_that_is_none_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "d.toml").mkdir()
    with pytest.raises(StageError, match=r"stages/d\.toml cannot be read: Is a directory"):
        resolve_stage({"stage": "d"}, tmp_path)


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("rate_limit", "0"), ("rate_limit", "'25'"), ("rate_limit", "25.0"), ("rate_limit", "true"),
        ("retention_hours", "23"), ("minimum_threshold", "1.01"), ("minimum_threshold", "nan"),
        ("minimum_threshold", "0.61"), ("client_rate_limit", "26"), ("client_burst_limit", "51"),
        ("keep_data", "'yes'"), ("keep_data", "1"), ("log_retention_days", "8"),
        ("log_level", "'debug'"), ("upstream_dialect", "'v1'"), ("daily_upstream_calls", "-1"),
        ("maximum_side", "-1"), ("rate_limit", "100000000000"), ("retention_hours", "999999999"),
    ],
)  # fmt: skip
def test_a_value_that_means_nothing_is_one_line(directory: Path, setting: str, value: str) -> None:
    lines = [line for line in PROD.splitlines() if not line.startswith(f"{setting} ")]
    (directory / "prod.toml").write_text("\n".join([*lines, f"{setting} = {value}", ""]))
    with pytest.raises(StageError) as refused:
        resolve_stage({"stage": "prod", "upstream_url": UPSTREAM}, directory)
    assert str(refused.value).startswith(f"{setting} ")
    assert f"{setting} in stages/prod.toml" in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("written", ["1e-1", "0.1", "0.10", "'0.1'"])
def test_a_threshold_is_the_decimal_that_is_written(directory: Path, written: str) -> None:
    text = PROD.replace("minimum_threshold = 0.5", f"minimum_threshold = {written}")
    (directory / "prod.toml").write_text(text)
    stage = resolve_stage({"stage": "prod", "upstream_url": UPSTREAM}, directory)
    assert float(f"{stage.minimum_threshold:f}") == 0.1


def test_the_command_line_overrides_one_run_and_it_is_said(directory: Path) -> None:
    (directory / "prod.toml").write_text(DECIDED)
    same = {"stage": "prod", "upstream_url": UPSTREAM, "allowed_origins": "https://A.example"}
    assert overrides(same, directory) == {}
    other = {**same, "allowed_origins": "https://b.example", "alarm_email": "a@b.example"}
    assert overrides(other, directory) == {
        "allowed_origins": "the file says ['https://a.example']",
        "alarm_email": "not in the file",
    }
    assert resolve_stage(other, directory).allowed_origins == ("https://b.example",)
    assert resolve_stage({"stage": "prod"}, directory).allowed_origins == ("https://a.example",)


def test_what_the_first_deploy_is_told_is_written_down(
    directory: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given = {"STAGE": "prod", "UPSTREAM_URL": UPSTREAM}
    given["ALLOWED_ORIGINS"] = "https://a.example, https://b.example:8443"
    assert main(given, directory) == 0
    assert capsys.readouterr().err.splitlines() == [
        "Written into stages/prod.toml: upstream_url. Commit it.",
        "Written into stages/prod.toml: allowed_origins. Commit it.",
    ]
    text = (directory / "prod.toml").read_text()
    assert text.startswith(PROD), "comments and order stay"
    assert tomllib.loads(text)["allowed_origins"] == [
        "https://a.example", "https://b.example:8443",
    ]  # fmt: skip
    first = resolve_stage({"stage": "prod"}, directory)
    # Again, and without the options: nothing changes.
    for again in (given, {"STAGE": "prod"}):
        assert main(again, directory) == 0
        assert (directory / "prod.toml").read_text() == text
        context = {name.lower(): value for name, value in again.items()}
        assert resolve_stage(context, directory) == first
    # Another value holds for its own run only.
    assert main({**given, "UPSTREAM_DIALECT": "v0.2"}, directory) == 0
    assert (directory / "prod.toml").read_text() == text


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"UPSTREAM_URL": UPSTREAM}, "does not say which pages may call it"),
        ({"ALLOWED_ORIGINS": "none"}, "needs the base address of the liveness API"),
        ({"STAGE": "local"}, "runs by `make dev`"),
        ({"STAGE": ""}, "runs by `make dev`"),
        ({"STAGE": "staging"}, "choose one of local, prod"),
        ({"UPSTREAM_URL": "http://x.example", "ALLOWED_ORIGINS": "none"}, "must begin with https"),
    ],
)
def test_what_is_not_decided_is_not_deployed(
    directory: Path, capsys: pytest.CaptureFixture[str], given: dict[str, str], told: str
) -> None:
    assert main({"STAGE": "prod", **given}, directory) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert told in line
    assert (directory / "prod.toml").read_text() == PROD


@pytest.mark.parametrize(
    ("origins", "kept", "told"),
    [
        ("none", [], []),
        ("*", ["*"], ["Every page of the world may call stage 'prod'."]),
    ],
)
def test_no_page_and_every_page_are_said_out_loud(
    directory: Path, capsys: pytest.CaptureFixture[str], origins: str, kept: list[str],
    told: list[str],
) -> None:  # fmt: skip
    given = {"STAGE": "prod", "UPSTREAM_URL": UPSTREAM, "ALLOWED_ORIGINS": origins}
    assert main(given, directory) == 0
    assert tomllib.loads((directory / "prod.toml").read_text())["allowed_origins"] == kept
    assert capsys.readouterr().err.splitlines()[: len(told)] == told


def test_a_setting_can_be_asked_for(directory: Path, capsys: pytest.CaptureFixture[str]) -> None:
    given = {"STAGE": "prod", "UPSTREAM_URL": UPSTREAM}
    assert show("verify_concurrency", given, directory) == 0
    assert capsys.readouterr().out == "none\n"
    assert show("verify_concurrency", {"STAGE": "nowhere"}, directory) == 1
