"""A host name of the operator's own, so that the address survives the stack."""

from tests.infra.assembly import CONTEXTS, Assembly

_DOMAIN = "AWS::ApiGateway::DomainName"
_MAPPING = "AWS::ApiGateway::BasePathMapping"


def test_the_stage_is_served_at_the_root_of_its_domain(prod: Assembly) -> None:
    domain_id, domain = prod.only(_DOMAIN)
    _, mapping = prod.only(_MAPPING)
    api_id, api = prod.only("AWS::ApiGateway::RestApi")
    stage_id, _ = prod.only("AWS::ApiGateway::Stage")
    assert domain["DomainName"] == CONTEXTS["prod"]["domain"]
    assert domain["RegionalCertificateArn"] == CONTEXTS["prod"]["certificate"]
    assert domain["EndpointConfiguration"] == {"Types": ["REGIONAL"]}
    # The domain speaks what the API's own address speaks.
    for setting in ("SecurityPolicy", "EndpointAccessMode"):
        assert domain[setting] == api[setting]
    assert mapping == {
        "DomainName": {"Ref": domain_id},
        "RestApiId": {"Ref": api_id},
        "Stage": {"Ref": stage_id},
    }
    outputs = prod.template["Outputs"]
    assert outputs["ApiUrl"]["Value"] == {"Fn::Join": ["", ["https://", {"Ref": domain_id}]]}
    target = {"Fn::GetAtt": [domain_id, "RegionalDomainName"]}
    assert outputs["DomainTarget"]["Value"] == target


def test_without_a_domain_there_is_none(assemblies: dict[str, Assembly]) -> None:
    for name in ("local", "dev", "bare"):
        template = assemblies[name].template
        types = {resource["Type"] for resource in template["Resources"].values()}
        assert not types & {_DOMAIN, _MAPPING}
        assert "DomainTarget" not in template["Outputs"]
        assert "execute-api" in str(template["Outputs"]["ApiUrl"])
