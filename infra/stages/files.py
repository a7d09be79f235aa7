"""The stages' files, `stages/<name>.toml`: a setting a line, as `Stage` describes them."""

import difflib
import re
import tomllib
from dataclasses import fields
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from infra.stages.errors import StageError
from infra.stages.stage import Stage

DIRECTORY: Final = Path(__file__).parents[2] / "stages"
# It is a part of every name in the stack; the longest of those may have 64 characters.
_NAME: Final = re.compile(r"[a-z][a-z0-9-]{0,19}")
# The file's name says the one; the other is true of a laptop only.
_NOT_IN_A_FILE: Final = {"name", "host_libraries"}
SETTINGS: Final = tuple(field.name for field in fields(Stage) if field.name not in _NOT_IN_A_FILE)


def stage_names(directory: Path = DIRECTORY) -> list[str]:
    """The stages that have a file.

    Raises:
        StageError: a file's name cannot be a part of the stack's names.
    """
    names = sorted(path.stem for path in directory.glob("*.toml"))
    for name in names:
        if not _NAME.fullmatch(name) or name == "local":
            raise StageError(
                f"stages/{name}.toml: a stage's name has 1 to 20 lower-case letters, digits and"
                " hyphens, begins with a letter and is not `local`. Rename the file."
            )
    return names


def read_settings(name: str, directory: Path = DIRECTORY) -> dict[str, Any]:
    """The settings in a stage's file, not checked yet.

    Raises:
        StageError: it is no TOML, or has a setting that there is not.
    """
    try:
        text = (directory / f"{name}.toml").read_text()
        settings = tomllib.loads(text, parse_float=Decimal)
    except OSError as error:
        raise StageError(f"stages/{name}.toml cannot be read: {error.strerror}.") from None
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise StageError(f"stages/{name}.toml is not TOML: {error}.") from None
    for setting in settings:
        if setting not in SETTINGS:
            near = difflib.get_close_matches(setting, SETTINGS, 1)
            hint = f"Did you mean {near[0]}?" if near else "infra/stages/stage.py has them all."
            raise StageError(f"stages/{name}.toml: there is no setting {setting!r}. {hint}")
    return settings
