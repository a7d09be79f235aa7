"""What was deployed, read back from the emulator as an operator reads it from AWS."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from local.emulator.ministack import Emulator
from local.front.event import ApiKey


@dataclass(frozen=True)
class Deployment:
    """The resources of the deployed stack, and the settings of its `verify` function."""

    api_key: str
    table_name: str
    event_bus_name: str
    secret_arn: str
    functions: Mapping[str, str]
    settings: Mapping[str, str]
    outputs: Mapping[str, str]

    @classmethod
    def of(cls, emulator: Emulator, outputs: Mapping[str, str]) -> Self:
        """The deployment that has these stack outputs."""
        key = emulator.client("apigateway").get_api_key(
            apiKey=outputs["ApiKeyId"], includeValue=True
        )
        # CloudFormation's Ref of a secret is its ARN on AWS and its name in the emulator.
        secret = emulator.client("secretsmanager").describe_secret(
            SecretId=outputs["UpstreamSecretArn"]
        )
        functions = _functions(emulator)
        return cls(
            api_key=key["value"],
            table_name=outputs["TableName"],
            event_bus_name=outputs["EventBusName"],
            secret_arn=secret["ARN"],
            functions={name: found["FunctionName"] for name, found in functions.items()},
            settings=functions["verify"]["Environment"]["Variables"],
            outputs=outputs,
        )


def plan_keys(emulator: Emulator, deployment: Deployment) -> list[ApiKey]:
    """The API keys of the usage plan, as they are now."""
    gateway = emulator.client("apigateway")
    plan = gateway.get_usage_plan_keys(usagePlanId=deployment.outputs["UsagePlanId"])
    found = (gateway.get_api_key(apiKey=key["id"], includeValue=True) for key in plan["items"])
    return [ApiKey(key["id"], key["value"]) for key in found if key["enabled"]]


def close_circuit(emulator: Emulator, deployment: Deployment) -> None:
    """Delete the circuit breaker's state; the functions read it again within two seconds."""
    dynamodb = emulator.client("dynamodb")
    table = deployment.settings["BREAKER_TABLE_NAME"]
    (key,) = dynamodb.describe_table(TableName=table)["Table"]["KeySchema"]
    name = key["AttributeName"]
    for item in dynamodb.scan(TableName=table)["Items"]:
        dynamodb.delete_item(TableName=table, Key={name: item[name]})


def fill_secret(emulator: Emulator, secret_arn: str, app_id: str, app_key: str) -> None:
    """Store the upstream's credentials, as the operator does once per stage."""
    emulator.client("secretsmanager").put_secret_value(
        SecretId=secret_arn, SecretString=json.dumps({"app_id": app_id, "app_key": app_key})
    )


def _functions(emulator: Emulator) -> dict[str, dict[str, Any]]:
    """The functions of the stack by the service name in their logs (`verify`, `results`, ...)."""
    found: dict[str, dict[str, Any]] = {}
    for page in emulator.client("lambda").get_paginator("list_functions").paginate():
        for function in page["Functions"]:
            name = (
                function.get("Environment", {}).get("Variables", {}).get("POWERTOOLS_SERVICE_NAME")
            )
            if name:
                found[name] = function
    return found
