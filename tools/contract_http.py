"""The HTTP contract as an OpenAPI 3.1 document."""

from typing import Any, Final

from pydantic import TypeAdapter

from liveness_gateway.entrypoints.http.multipart import MAXIMUM_BODY
from liveness_gateway.entrypoints.http.presenters import CompatBody
from liveness_gateway.entrypoints.http.problems import CompatProblemBody, ProblemBody
from liveness_gateway.entrypoints.http.requests import LONGEST_SUBJECT, THRESHOLD
from liveness_gateway.problems import CATALOGUE
from liveness_gateway.verifications.records import VerificationBody

_REFUSALS: Final = [
    "malformed_request",
    "unauthorized",
    "forbidden",
    "in_progress",
    "too_large",
    "unsupported_media",
    "invalid_selfie",
    "rate_limited",
    "internal",
    "upstream_bad_answer",
    "upstream_unavailable",
    "upstream_timeout",
]
_READ_REFUSALS: Final = [
    "unauthorized",
    "forbidden",
    "not_found",
    "rate_limited",
    "internal",
    "upstream_unavailable",
]
# JSON Schema's dialect of patterns searches, and needs no group that is not captured.
_THRESHOLD: Final = f"^({THRESHOLD.pattern.decode('ascii').replace('(?:', '(')})$"
_FORM: Final = {
    "required": True,
    "content": {
        "multipart/form-data": {
            "schema": {
                "type": "object",
                "required": ["selfie"],
                "properties": {
                    "selfie": {
                        "type": "string",
                        "format": "binary",
                        "description": (
                            "A JPEG or PNG; the whole body is at most "
                            f"{MAXIMUM_BODY / 2**20:g} MiB."
                        ),
                    },
                    "threshold": {
                        "type": "string",
                        "pattern": _THRESHOLD,
                        "description": "0 to 1; a face is live when its score is at least this.",
                        "examples": ["0.6"],
                    },
                    "subject_ref": {
                        "type": "string",
                        "minLength": 1,
                        "maxLength": LONGEST_SUBJECT,
                        "description": "Your own opaque name for the person; never a real name.",
                    },
                },
            },
            "encoding": {"selfie": {"contentType": "image/jpeg, image/png"}},
        }
    },
}


def openapi() -> dict[str, Any]:
    """The document; its schemas are those of the code."""
    schemas: dict[str, Any] = {}
    create = _operation(
        "createVerification", "Verify a selfie", "201", _ref(VerificationBody, schemas), _REFUSALS
    )
    create["responses"]["201"]["headers"] |= _LIMITS | {
        "Location": _text_header("Where the record can be read."),
        "Idempotency-Replayed": _text_header("`true` when this was answered before."),
    }
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "liveness-gateway",
            "version": "1.0.0",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
            "description": (
                "Verifies a live face without the frontend ever holding the liveness API's key."
            ),
        },
        "security": [{"apiKey": []}],
        "paths": {
            "/v1/verifications": {"post": create | _posting()},
            "/v1/verifications/{verification_id}": {"get": _get_verification(schemas)},
            "/v0.1/liveness-verification": {"post": _compat("v0.1", schemas) | _posting()},
            "/v0.2/liveness-verification": {"post": _compat("v0.2", schemas) | _posting()},
            "/v1/health": {"get": _health()},
        },
        "components": {
            "securitySchemes": {"apiKey": {"type": "apiKey", "in": "header", "name": "x-api-key"}},
            "responses": _problems(schemas),
            "schemas": dict(sorted(schemas.items())),
        },
    }


def _ref(model: type, schemas: dict[str, Any]) -> dict[str, str]:
    schema = TypeAdapter(model).json_schema(ref_template="#/components/schemas/{model}")
    schemas.update(schema.pop("$defs", {}))
    schemas[model.__name__] = schema
    return {"$ref": f"#/components/schemas/{model.__name__}"}


def _text_header(description: str) -> dict[str, Any]:
    return {"description": description, "schema": {"type": "string"}}


# Of every answer for which a call of the liveness API was counted, or refused by the count.
_LIMITS: Final[dict[str, Any]] = {
    "RateLimit": _text_header("What is left of each budget, where this gateway has one."),
    "RateLimit-Policy": _text_header("The budgets: calls, and seconds they are for."),
}
_COUNTED: Final = frozenset(
    row.status for row in CATALOGUE.values() if row.code.startswith(("rate_", "upstream_"))
)


def _headers() -> dict[str, Any]:
    return {"X-Correlation-Id": _text_header("Name it when you ask the operator.")}


def _posting() -> dict[str, Any]:
    key = {
        "name": "Idempotency-Key",
        "in": "header",
        "required": False,
        "schema": {"type": "string", "minLength": 1, "maxLength": 255},
        "description": "Repeat a request with the same key and it is never paid twice.",
    }
    return {"parameters": [key], "requestBody": _FORM}


def _operation(
    name: str, summary: str, status: str, schema: dict[str, str], codes: list[str]
) -> dict[str, Any]:
    success = {
        "description": summary,
        "headers": _headers(),
        "content": {"application/json": {"schema": schema}},
    }
    return {
        "operationId": name,
        "summary": summary,
        "responses": {status: success} | _refusals(codes, compat=False),
    }


def _refusals(codes: list[str], *, compat: bool) -> dict[str, Any]:
    statuses = sorted({_status(code, compat=compat) for code in codes})
    kind = "CompatProblem" if compat else "Problem"
    return {str(status): {"$ref": f"#/components/responses/{kind}{status}"} for status in statuses}


def _status(code: str, *, compat: bool) -> int:
    row = CATALOGUE[code]
    return (row.compat_status if compat else None) or row.status


def _get_verification(schemas: dict[str, Any]) -> dict[str, Any]:
    operation = _operation(
        "getVerification", "Read a record", "200", _ref(VerificationBody, schemas), _READ_REFUSALS
    )
    identifier = {
        "name": "verification_id",
        "in": "path",
        "required": True,
        "schema": {"type": "string", "pattern": "^[0-9a-f]{32}$"},
    }
    return operation | {"parameters": [identifier]}


def _compat(version: str, schemas: dict[str, Any]) -> dict[str, Any]:
    operation = _operation(
        f"livenessVerification_{version.replace('.', '_')}",
        f"Verify a selfie in the liveness API's own format, {version}",
        "200",
        _ref(CompatBody, schemas),
        [],
    )
    operation["responses"]["200"]["headers"] |= _LIMITS
    operation["responses"] |= _refusals([*_REFUSALS, "upstream_limit"], compat=True)
    return operation


def _health() -> dict[str, Any]:
    schema = {
        "type": "object",
        "required": ["status", "stage"],
        "properties": {"status": {"const": "ok"}, "stage": {"type": "string"}},
    }
    return {
        "operationId": "health",
        "summary": "Whether the gateway answers; no upstream call",
        "security": [],
        "responses": {
            "200": {
                "description": "It does.",
                "headers": _headers(),
                "content": {"application/json": {"schema": schema}},
            }
        },
    }


def _problems(schemas: dict[str, Any]) -> dict[str, Any]:
    return {
        f"{kind}{status}": _problem_response(status, _ref(model, schemas), compat=compat)
        for kind, model, compat in (
            ("Problem", ProblemBody, False),
            ("CompatProblem", CompatProblemBody, True),
        )
        for status in sorted({_status(code, compat=compat) for code in CATALOGUE})
    }


def _problem_response(status: int, schema: dict[str, str], *, compat: bool) -> dict[str, Any]:
    rows = [row for row in CATALOGUE.values() if _status(row.code, compat=compat) == status]
    headers = _headers() | (_LIMITS if status in _COUNTED else {})
    if any(row.retry_after is not None for row in rows):
        headers["Retry-After"] = {"description": "Seconds.", "schema": {"type": "integer"}}
    return {
        "description": " / ".join(f"`{row.code}`: {row.title}" for row in rows),
        "headers": headers,
        "content": {"application/problem+json": {"schema": schema}},
    }
