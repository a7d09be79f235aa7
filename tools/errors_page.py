"""The page about errors, from the catalogue."""

from liveness_gateway.problems import CATALOGUE, ProblemType

_HEAD = """\
<!-- Generated from functions/liveness_gateway/problems.py by `make contracts`: do not edit. -->
# Errors

Every failure is one of these. The body is `application/problem+json` (RFC 9457); switch on `code`,
show `title` and `detail`, and give `correlation_id` when you ask the operator. Where a record
exists, `verification_id` and `instance` say where to read it.

```json
{
  "type": "urn:liveness-gateway:problem:invalid_selfie",
  "title": "The selfie cannot be used.",
  "status": 422,
  "detail": "The size of this JPEG cannot be read: its header is damaged or cut off.",
  "code": "invalid_selfie",
  "retryable": false,
  "correlation_id": "c6af9ac6-7b61-11e6-9a41-93e8deadbeef"
}
```

On the compat routes the same body also has `Errors`, the liveness API's own member, and
`upstream_limit` is a 403, as that API documents it. What API Gateway itself answers
(`unauthorized`, `rate_limited` and the like) has `Errors` on every route: it does not know which
one was asked for.

| code | status | retry? | what it says | what to do |
| --- | --- | --- | --- | --- |
"""

_TAIL = """
`retryable` means: the same request, with the same `Idempotency-Key`, may well succeed later and is
never charged twice. A 504 or a 502 is deliberately not retryable: the selfie was sent, so it may
have been charged, and only you can decide to pay for another verification, with a new key.
"""


def errors_page() -> str:
    """The page as Markdown."""
    return _HEAD + "".join(_row(row) for row in CATALOGUE.values()) + _TAIL


def _row(row: ProblemType) -> str:
    status = (
        f"{row.status} (compat routes: {row.compat_status})" if row.compat_status else row.status
    )
    retry = "no"
    if row.retryable:
        retry = f"after {row.retry_after} s" if row.retry_after is not None else "yes"
    return f"| `{row.code}` | {status} | {retry} | {row.title} | {row.advice} |\n"
