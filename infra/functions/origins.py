"""The variable that tells a function which origins may call it."""

from infra.stages.stage import Stage


def origins_variable(stage: Stage) -> str:
    """The allowed origins, separated by commas; `none` if there are none.

    The functions refuse an empty variable as a missing setting. No browser sends the origin `none`.
    """
    return ",".join(stage.allowed_origins) or "none"
