"""A host name of the operator's own for the API, so that its address survives the stack."""

from typing import cast

from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_certificatemanager as acm
from constructs import Construct

from infra.api.tls import require_tls_1_3
from infra.stages.stage import Stage


def add_domain(
    scope: Construct, rest_api: apigateway.RestApi, stage: Stage
) -> apigateway.DomainName:
    """Serve the deployed stage at the root of its `domain`, beside API Gateway's own address.

    The operator's DNS must lead the name to the domain's target.
    """
    domain = apigateway.DomainName(
        scope,
        "Domain",
        domain_name=stage.domain,
        certificate=acm.Certificate.from_certificate_arn(scope, "Certificate", stage.certificate),
        endpoint_type=apigateway.EndpointType.REGIONAL,
    )
    require_tls_1_3(cast("apigateway.CfnDomainName", domain.node.default_child))
    domain.add_base_path_mapping(rest_api, stage=rest_api.deployment_stage)
    return domain
