"""The file that a shell reads. That it is removed at the end is in tests/e2e/test_programs.py."""

import subprocess
from pathlib import Path

from local.env_file import env_file


def test_a_shell_reads_what_was_written_over_a_file_that_was_left(tmp_path: Path) -> None:
    path = tmp_path / "gateway.env"
    path.write_text("LEFT=1\n")
    path.chmod(0o644)
    with env_file(path, {"PLAIN": "http://127.0.0.1:1/", "ODD": 'it\'s $HOME; `x` "y"'}):
        assert path.stat().st_mode & 0o777 == 0o600
        script = f'. {path}; printf \'%s|%s|%s\' "$LEFT" "$PLAIN" "$ODD"'
        shell = subprocess.run(  # noqa: S603 - our own script
            ["/bin/sh", "-c", script], capture_output=True, text=True, check=True
        )
    assert shell.stdout == '|http://127.0.0.1:1/|it\'s $HOME; `x` "y"'


def test_another_runs_file_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "gateway.env"
    with env_file(path, {"A": "1"}):
        path.write_text("A=2\n")
    assert path.read_text() == "A=2\n"
