"""Asks the account whether a stage can be deployed: `make ready STAGE=prod`. It changes nothing."""

import argparse
import sys
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final, Literal, NamedTuple, cast

from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError

from cli.account import SET_A_REGION, SIGN_IN, Account, this_account

# What the template asks for (its rule CheckBootstrapVersion); a test compares the two.
BOOTSTRAP_VERSION: Final = 6
_BOOTSTRAP_PARAMETER: Final = "/cdk-bootstrap/hnb659fds/version"
# "You can reserve up to the unreserved account concurrency value minus 100" (AWS Lambda developer
# guide, "Configuring reserved concurrency for a function").
_KEPT_UNRESERVED: Final = 100
# A verification takes about three seconds, so this many at once are about seven a second.
_FEW: Final = 20
_DENIED: Final = ("AccessDenied", "AccessDeniedException", "UnauthorizedOperation")


class Line(NamedTuple):
    """One answer: right, worth knowing, or a reason not to deploy."""

    level: Literal["ok", "note", "stop"]
    subject: str
    text: str


def main(arguments: Sequence[str], account: Account, region: str | None) -> int:
    """Print a line for each question; 1 where one of them is a reason not to deploy."""
    parser = argparse.ArgumentParser(prog="make ready", description=__doc__)
    parser.add_argument("--stage", required=True)
    parser.add_argument("--reserved", default="none", help="concurrency that the stage reserves")
    options = parser.parse_args(arguments)
    stopped = False
    for line in _answers(account, region, options):
        print(f"{line.level:<5} {line.subject}: {line.text}")
        stopped = stopped or line.level == "stop"
    if stopped:
        print("Not ready: see the lines that begin with `stop`.", file=sys.stderr)
    return int(stopped)


def _answers(account: Account, region: str | None, options: argparse.Namespace) -> Iterator[Line]:
    if region is None:
        # Without one, botocore asks a global endpoint who calls, and that answers.
        yield Line("stop", "region", f"none is set. {SET_A_REGION}")
        return
    yield Line("ok", "region", region)
    identity = _identity(account)
    yield identity
    if identity.level == "stop":
        return
    yield _asked("bootstrap", lambda: _bootstrap(account))
    yield _asked("concurrency", lambda: _concurrency(account, options.stage, options.reserved))


def _identity(account: Account) -> Line:
    try:
        found = account.client("sts").get_caller_identity()
    except NoCredentialsError:
        return Line("stop", "identity", f"there are no AWS credentials. {SIGN_IN}")
    except (BotoCoreError, ClientError) as error:
        return Line("stop", "identity", f"{_reason(error)}. Sign in again, or look at the network.")
    return Line("ok", "identity", f"{found['Arn']} in account {found['Account']}")


def _asked(subject: str, ask: Callable[[], Line]) -> Line:
    """The answer; where it may not be asked, a note, for the deployment may still succeed."""
    try:
        return ask()
    except ClientError as error:
        if _code(error) in _DENIED:
            return Line("note", subject, "these credentials may not ask; not checked.")
        return Line("note", subject, f"{_reason(error)}; not checked.")
    except BotoCoreError as error:
        return Line("stop", subject, f"{_reason(error)}.")


def _bootstrap(account: Account) -> Line:
    try:
        found = account.client("ssm").get_parameter(Name=_BOOTSTRAP_PARAMETER)
    except ClientError as error:
        if _code(error) != "ParameterNotFound":
            raise
        return Line("stop", "bootstrap", "the CDK was never prepared here. Run `make bootstrap`.")
    version = int(found["Parameter"]["Value"])
    if version < BOOTSTRAP_VERSION:
        return Line("stop", "bootstrap", f"version {version} is too old. Run `make bootstrap`.")
    return Line("ok", "bootstrap", f"version {version}")


def _concurrency(account: Account, stage: str, reserved: str) -> Line:
    lambda_ = account.client("lambda")
    limits = lambda_.get_account_settings()["AccountLimit"]
    most, free = limits["ConcurrentExecutions"], limits["UnreservedConcurrentExecutions"]
    if reserved != "none":
        free += _reserved_now(lambda_, f"liveness-gateway-{stage}-verify")
        if int(reserved) > free - _KEPT_UNRESERVED:
            return Line(
                "stop",
                "concurrency",
                f"the stage reserves {reserved}, and this account lets"
                f" {max(free - _KEPT_UNRESERVED, 0)} be reserved. Take verify_concurrency out of"
                f" stages/{stage}.toml, or ask AWS for a larger quota.",
            )
    if most < _FEW:
        return Line(
            "note",
            "concurrency",
            f"{most} functions at once in this account: further requests get 503. Ask AWS for a"
            " larger quota of concurrent executions.",
        )
    return Line("ok", "concurrency", f"{most} functions at once")


def _reserved_now(lambda_: Any, function: str) -> int:  # noqa: ANN401 - boto3 makes its clients' classes at run time
    """What this stage has reserved already: a deployment takes it again."""
    try:
        found = lambda_.get_function_concurrency(FunctionName=function)
    except ClientError as error:
        if _code(error) != "ResourceNotFoundException":
            raise
        return 0
    return int(found.get("ReservedConcurrentExecutions", 0))


def _reason(error: BotoCoreError | ClientError) -> str:
    if isinstance(error, ClientError):
        return f"AWS said {_code(error)}"
    return str(error).rstrip(".")


def _code(error: ClientError) -> str:
    return error.response["Error"]["Code"]


if __name__ == "__main__":
    session = this_account()
    sys.exit(main(sys.argv[1:], cast("Account", session), session.region_name))
