"""The file that a shell reads. That it is removed at the end is in tests/e2e/test_programs.py."""

import signal
import subprocess
import sys
from pathlib import Path

from local.env_file import env_file

KILLED = """
import os, signal, sys
from pathlib import Path
from local.env_file import env_file
with env_file(Path(sys.argv[1]), "1", {"LEFT": "1"}):
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_shell_reads_what_was_written_over_a_file_that_was_left(tmp_path: Path) -> None:
    left = tmp_path / "gateway.env"
    left.write_text("LEFT=1\n")
    left.chmod(0o644)
    values = {"PLAIN": "http://127.0.0.1:1/", "ODD": 'it\'s $HOME; `x` "y"'}
    with env_file(tmp_path, "8080", values) as path:
        assert path == left
        assert path.stat().st_mode & 0o777 == 0o600
        script = f'. {path}; printf \'%s|%s|%s\' "$LEFT" "$PLAIN" "$ODD"'
        shell = subprocess.run(  # noqa: S603 - our own script
            ["/bin/sh", "-c", script], capture_output=True, text=True, check=True
        )
    assert shell.stdout == '|http://127.0.0.1:1/|it\'s $HOME; `x` "y"'


def test_runs_side_by_side_have_a_file_each(tmp_path: Path) -> None:
    with env_file(tmp_path, "8080", {"A": "1"}) as first:
        with (
            env_file(tmp_path, "9000", {"A": "2"}) as second,
            env_file(tmp_path, "9001", {"A": "3"}) as third,
        ):
            names = ["gateway.env", "gateway-9000.env", "gateway-9001.env"]
            assert [path.name for path in (first, second, third)] == names
            assert [path.read_text() for path in (first, second, third)] == [
                "A=1\n", "A=2\n", "A=3\n",
            ]  # fmt: skip
        assert first.read_text() == "A=1\n"
        assert not second.exists()
        assert not third.exists()
    with env_file(tmp_path, "9000", {"A": "4"}) as next_run:
        assert next_run == first


def test_a_run_that_was_killed_keeps_nothing(tmp_path: Path) -> None:
    killed = subprocess.run(  # noqa: S603 - our own script
        [sys.executable, "-c", KILLED, str(tmp_path)], check=False
    )
    assert killed.returncode == -signal.SIGKILL
    assert (tmp_path / "gateway.env").read_text() == "LEFT=1\n"
    with env_file(tmp_path, "8080", {"A": "1"}) as path:
        assert path.read_text() == "A=1\n"
