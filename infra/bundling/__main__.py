"""`python -m infra.bundling`: what `make deploy` asks about bytecode before it deploys."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path

from infra.bundling import bytecode
from infra.stages.context import CONTEXT, resolve_stage
from infra.stages.errors import StageError
from infra.stages.files import DIRECTORY


def main(environment: Mapping[str, str], directory: Path = DIRECTORY) -> int:
    """Say in a line what compiles the functions; 0 when the stage can be deployed, else 1.

    A stage that keeps its data is not deployed without bytecode, unless ALLOW_NO_BYTECODE is set.
    The environment has the make variables: STAGE, UPSTREAM_URL and so on.
    """
    context = {name: environment.get(name.upper(), "") for name in CONTEXT}
    try:
        stage = resolve_stage(context, directory)
    except StageError as error:
        print(error, file=sys.stderr)
        return 1
    compiler = bytecode.find_compiler(stage.python_version)
    if compiler is not None:
        print(f"ok    bytecode: {compiler}")
        return 0
    refused = stage.keep_data and not environment.get("ALLOW_NO_BYTECODE")
    print(f"{'stop' if refused else 'note'}  bytecode: {bytecode.without(stage.python_version)}")
    if refused:
        print(f"      To deploy {stage.name!r} all the same: ALLOW_NO_BYTECODE=1.")
    return int(refused)


if __name__ == "__main__":
    sys.exit(main(os.environ))
