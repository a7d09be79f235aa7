"""Which operation of a service takes what a resource type of a template says.

Sources: botocore's models for the operations; the CloudFormation user guide for the properties.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Final

import botocore.session
from botocore.model import ServiceModel, Shape


@dataclass(frozen=True)
class Modelled:
    """A resource type in the models of its service.

    Attributes:
        service: botocore's name of it.
        operations: whose inputs together have the properties.
        structures: shapes that have further ones.
        renamed: the member's name, where it is not the property's.
        elsewhere: the operation or shape with the members of what lies at a path.
        single: the shape of a value at a path, or of each value of a list there.
        unmodelled: the reason why no model has what lies at a path.
        attributes: the enumeration with the names of all properties, where the service takes them
            as a map of text.
    """

    service: str
    operations: tuple[str, ...] = ()
    structures: tuple[str, ...] = ()
    renamed: Mapping[str, str] = field(default_factory=dict)
    elsewhere: Mapping[str, str] = field(default_factory=dict)
    single: Mapping[str, str] = field(default_factory=dict)
    unmodelled: Mapping[str, str] = field(default_factory=dict)
    attributes: str = ""

    def members(self) -> dict[str, Shape]:
        """Every member of the operations' inputs and the structures."""
        found: dict[str, Shape] = {}
        for name in (*self.operations, *self.structures):
            found |= _members(self.service, name)
        return found

    def others(self) -> dict[str, Mapping[str, Shape]]:
        """The members of what lies at each path of `elsewhere`."""
        return {path: _members(self.service, name) for path, name in self.elsewhere.items()}

    def singles(self) -> dict[str, Shape]:
        """The shape at each path of `single`."""
        return {path: model(self.service).shape_for(name) for path, name in self.single.items()}

    def attribute_names(self) -> list[str]:
        """The names in `attributes`."""
        if not self.attributes:
            return []
        shape: Any = model(self.service).shape_for(self.attributes)
        return list(shape.enum)


@cache
def model(service: str) -> ServiceModel:
    """The whole model of a service."""
    return botocore.session.get_session().get_service_model(service)


def _members(service: str, name: str) -> Mapping[str, Shape]:
    known = model(service)
    shape: Any = (
        known.operation_model(name).input_shape
        if name in known.operation_names
        else known.shape_for(name)
    )
    members: Mapping[str, Shape] = shape.members
    return members


_GATEWAY: Final = "apigateway"
MODELLED: Final = {
    "AWS::ApiGateway::Account": Modelled(
        _GATEWAY, structures=("Account",), renamed={"CloudWatchRoleArn": "cloudwatchRoleArn"}
    ),
    "AWS::ApiGateway::ApiKey": Modelled(_GATEWAY, ("CreateApiKey",)),
    "AWS::ApiGateway::BasePathMapping": Modelled(_GATEWAY, ("CreateBasePathMapping",)),
    "AWS::ApiGateway::Deployment": Modelled(_GATEWAY, ("CreateDeployment",)),
    "AWS::ApiGateway::DomainName": Modelled(_GATEWAY, ("CreateDomainName",)),
    "AWS::ApiGateway::GatewayResponse": Modelled(_GATEWAY, ("PutGatewayResponse",)),
    "AWS::ApiGateway::Method": Modelled(
        _GATEWAY,
        ("PutMethod",),
        elsewhere={
            "Integration": "PutIntegration",
            "Integration.IntegrationResponses": "PutIntegrationResponse",
            "MethodResponses": "PutMethodResponse",
        },
    ),
    "AWS::ApiGateway::Resource": Modelled(_GATEWAY, ("CreateResource",)),
    "AWS::ApiGateway::RestApi": Modelled(_GATEWAY, ("CreateRestApi",)),
    "AWS::ApiGateway::Stage": Modelled(
        _GATEWAY,
        ("CreateStage",),
        structures=("Stage",),
        renamed={"AccessLogSetting": "accessLogSettings"},
        elsewhere={"MethodSettings": "MethodSetting"},
        unmodelled={
            "MethodSettings[].HttpMethod": "part of the path in an update of the stage",
            "MethodSettings[].ResourcePath": "part of the path in an update of the stage",
        },
    ),
    "AWS::ApiGateway::UsagePlan": Modelled(
        _GATEWAY, ("CreateUsagePlan",), renamed={"UsagePlanName": "name"}
    ),
    "AWS::ApiGateway::UsagePlanKey": Modelled(_GATEWAY, ("CreateUsagePlanKey",)),
    "AWS::CloudWatch::Alarm": Modelled("cloudwatch", ("PutMetricAlarm",)),
    "AWS::CloudWatch::Dashboard": Modelled("cloudwatch", ("PutDashboard",)),
    "AWS::DynamoDB::Table": Modelled(
        "dynamodb",
        ("CreateTable", "UpdateTimeToLive", "UpdateContinuousBackups"),
        # Its required member StreamEnabled is CloudFormation's to set.
        elsewhere={"StreamSpecification": "StreamSpecification"},
    ),
    "AWS::Events::EventBus": Modelled("events", ("CreateEventBus", "PutPermission")),
    "AWS::Events::Rule": Modelled("events", ("PutRule", "PutTargets")),
    "AWS::IAM::Policy": Modelled(
        "iam",
        ("PutRolePolicy",),
        single={"Roles": "roleNameType"},
    ),
    "AWS::IAM::Role": Modelled(
        "iam",
        ("CreateRole",),
        single={"ManagedPolicyArns": "arnType"},
    ),
    "AWS::Lambda::EventInvokeConfig": Modelled("lambda", ("PutFunctionEventInvokeConfig",)),
    "AWS::Lambda::EventSourceMapping": Modelled("lambda", ("CreateEventSourceMapping",)),
    "AWS::Lambda::Function": Modelled("lambda", ("CreateFunction", "PutFunctionConcurrency")),
    "AWS::Lambda::Permission": Modelled("lambda", ("AddPermission",)),
    "AWS::Logs::LogGroup": Modelled("logs", ("CreateLogGroup", "PutRetentionPolicy")),
    "AWS::SecretsManager::Secret": Modelled(
        "secretsmanager",
        ("CreateSecret",),
        elsewhere={"GenerateSecretString": "GetRandomPassword"},
    ),
    "AWS::SNS::Subscription": Modelled("sns", ("Subscribe",)),
    "AWS::SNS::Topic": Modelled("sns", ("CreateTopic",)),
    "AWS::SNS::TopicPolicy": Modelled(
        "sns", single={"PolicyDocument": "attributeValue", "Topics": "topicARN"}
    ),
    "AWS::SQS::Queue": Modelled("sqs", ("CreateQueue",), attributes="QueueAttributeName"),
    "AWS::SQS::QueuePolicy": Modelled(
        "sqs", single={"PolicyDocument": "String", "Queues": "String"}
    ),
}
