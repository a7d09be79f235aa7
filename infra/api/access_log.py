"""The fields of API Gateway's access log."""

from typing import Final

# No body, API key, header or query: ids, the status and where the time went.
ACCESS_LOG_FIELDS: Final = {
    # Not `requestId`: a client can choose that one.
    "correlation_id": "$context.extendedRequestId",
    "request_id": "$context.requestId",
    "time": "$context.requestTime",
    "method": "$context.httpMethod",
    "route": "$context.resourcePath",
    "status": "$context.status",
    "error_type": "$context.error.responseType",
    "api_key_id": "$context.identity.apiKeyId",
    "source_ip": "$context.identity.sourceIp",
    "response_bytes": "$context.responseLength",
    "latency_ms": "$context.responseLatency",
    "integration_latency_ms": "$context.integration.latency",
    "integration_status": "$context.integration.status",
    "function_request_id": "$context.integration.requestId",
}
