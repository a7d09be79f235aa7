"""Which TLS the API speaks."""

from aws_cdk import aws_apigateway as apigateway


def require_tls_1_3(front: apigateway.CfnRestApi | apigateway.CfnDomainName) -> None:
    """Speak TLS 1.3 only, as every browser of the last five years does.

    AWS wants an access mode beside it; the strict one lets no request in whose host is not the
    handshake's.
    """
    front.security_policy = "SecurityPolicy_TLS13_1_3_2025_09"
    front.endpoint_access_mode = "STRICT"
