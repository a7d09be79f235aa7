"""Names the account and region that `make bootstrap` prepares: `aws://123456789012/eu-central-1`.

Without a name the CDK's command line synthesises the program first, and that needs a stage whose
settings are decided; beside no program it refuses.
"""

import sys
from typing import cast

from botocore.exceptions import BotoCoreError, ClientError

from cli.account import SET_A_REGION, Account, refusal, this_account


def main(account: Account, region: str | None) -> int:
    """Print the name; 1 with a line that says what is missing."""
    if region is None:
        # Without one, botocore asks a global endpoint who calls, and that answers.
        print(f"No region is set. {SET_A_REGION}", file=sys.stderr)
        return 1
    try:
        found = account.client("sts").get_caller_identity()
    except (BotoCoreError, ClientError) as error:
        print(refusal(error), file=sys.stderr)
        return 1
    print(f"aws://{found['Account']}/{region}")
    return 0


if __name__ == "__main__":
    session = this_account()
    sys.exit(main(cast("Account", session), session.region_name))
