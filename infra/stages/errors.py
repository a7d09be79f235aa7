"""What is wrong with a stage's settings."""


class StageError(ValueError):
    """The settings are not usable; the message says in one line what to change."""


def where(setting: str, stage: str) -> str:
    """Where a setting is written, in words for the end of a message."""
    choices = [f"{setting} in stages/{stage}.toml"] if stage != "local" else []
    if setting in FROM_THE_COMMAND_LINE:
        choices.append(f"{setting.upper()}=... behind `make`, or -c {setting}=... behind `cdk`")
    return f"({'; '.join(choices)})"


FROM_THE_COMMAND_LINE = (
    "upstream_url",
    "upstream_dialect",
    "allowed_origins",
    "alarm_email",
    "domain",
    "certificate",
)
