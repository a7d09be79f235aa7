"""`python -m infra.stages`: what `make deploy` asks of the stage's file before it deploys.

`python -m infra.stages --show <setting>` only prints a setting.

A decision that the file lacks is taken from the command line and written into the file, so that the
next deploy without it changes nothing. A stage that keeps its data is not deployed before its file
says which pages may call it.
"""

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import tomlkit

from infra.stages.context import CONTEXT, resolve_stage, said
from infra.stages.errors import StageError, where
from infra.stages.files import DIRECTORY, read_settings
from infra.stages.stage import ANY_ORIGIN, LOCAL, Stage, settings_in_words


def main(environment: Mapping[str, str], directory: Path = DIRECTORY) -> int:
    """Write what the file lacks; 0 when the stage can be deployed, 1 with a line that says why not.

    The environment has the make variables: STAGE, UPSTREAM_URL and so on.
    """
    context = {name: environment.get(name.upper(), "") for name in CONTEXT}
    try:
        stage = resolve_stage(context, directory)
        undecided = _undecided(stage, said(context), directory)
    except StageError as error:
        print(error, file=sys.stderr)
        return 1
    if stage.keep_data and stage.allowed_origins == ANY_ORIGIN:
        print(f"Every page of the world may call stage {stage.name!r}.", file=sys.stderr)
    if undecided:
        _add(undecided, directory / f"{stage.name}.toml")
    return 0


def _undecided(stage: Stage, told: Mapping[str, Any], directory: Path) -> dict[str, Any]:
    """What the command line says and the file does not."""
    if stage.name == LOCAL:
        raise StageError("The stage `local` runs by `make dev`. Name another: STAGE=dev.")
    written = read_settings(stage.name, directory)
    if stage.keep_data and "allowed_origins" not in {**written, **told}:
        raise StageError(
            f"Stage {stage.name!r} does not say which pages may call it: a list of origins,"
            f" `none`, or `*` {where('allowed_origins', stage.name)}."
        )
    return {setting: value for setting, value in told.items() if setting not in written}


def _add(settings: Mapping[str, Any], path: Path) -> None:
    document = tomlkit.parse(path.read_text())
    document.add(tomlkit.nl())
    document.add(tomlkit.comment("What the first deploy was told."))
    for setting, value in settings.items():
        document.add(setting, value)
        print(f"Written into stages/{path.name}: {setting}. Commit it.", file=sys.stderr)
    path.write_text(tomlkit.dumps(document))


def show(setting: str, environment: Mapping[str, str], directory: Path = DIRECTORY) -> int:
    """Print what a setting of the stage is, in words; 1 where the stage cannot be deployed."""
    context = {name: environment.get(name.upper(), "") for name in CONTEXT}
    try:
        print(settings_in_words(resolve_stage(context, directory))[setting])
    except StageError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(show(sys.argv[2], os.environ) if sys.argv[1:2] == ["--show"] else main(os.environ))
