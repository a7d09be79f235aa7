"""The stage of one run: its file, and what the command line says for this run.

-c stage=prod -c upstream_url=https://... -c allowed_origins=https://a.example,https://b.example
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from infra.stages.checks import checked_stage
from infra.stages.errors import FROM_THE_COMMAND_LINE, StageError
from infra.stages.files import DIRECTORY, read_settings, stage_names
from infra.stages.local import local_settings
from infra.stages.stage import LOCAL, Stage

CONTEXT: Final = ("stage", *FROM_THE_COMMAND_LINE)
# No origin at all, said out loud.
_NONE: Final = "none"


def resolve_stage(context: Mapping[str, str | None], directory: Path = DIRECTORY) -> Stage:
    """The stage that the context names, with what the command line says in it.

    Args:
        context: `stage` (default `local`) and the settings of `FROM_THE_COMMAND_LINE`; an empty
            text says nothing, `allowed_origins=none` allows no page.
        directory: the folder of the stages' files.

    Raises:
        StageError: the stage is unknown, or a setting is missing or unusable.
    """
    name = context.get("stage") or LOCAL
    return checked_stage({**_settings(name, directory), **said(context)}, name)


def overrides(context: Mapping[str, str | None], directory: Path = DIRECTORY) -> dict[str, str]:
    """What the command line says otherwise than the stage's file, each in words.

    Raises:
        StageError: as in `resolve_stage`.
    """
    name = context.get("stage") or LOCAL
    if name == LOCAL:
        return {}
    written = _settings(name, directory)
    return {
        setting: f"the file says {written[setting]!r}" if setting in written else "not in the file"
        for setting, value in said(context).items()
        if written.get(setting) != value
    }


def said(context: Mapping[str, str | None]) -> dict[str, Any]:
    """What the command line says, as a stage's file would."""
    settings: dict[str, Any] = {
        name: text for name in FROM_THE_COMMAND_LINE if (text := (context.get(name) or "").strip())
    }
    if origins := settings.get("allowed_origins"):
        parts = [part.strip().lower() for part in origins.split(",") if part.strip()]
        settings["allowed_origins"] = [] if parts == [_NONE] else list(dict.fromkeys(parts))
    return settings


def _settings(name: str, directory: Path) -> dict[str, Any]:
    if name == LOCAL:
        return local_settings()
    names = [LOCAL, *stage_names(directory)]
    if name not in names:
        raise StageError(
            f"Unknown stage {name!r}: choose one of {', '.join(names)}"
            " (STAGE=... behind `make`, or -c stage=... behind `cdk`), or copy stages/dev.toml to a"
            " file of that name."
        )
    return {"name": name, **read_settings(name, directory)}
