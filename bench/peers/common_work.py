"""What every peer does with a selfie: ask the liveness API, one PutItem, one PutEvents.

A peer keeps no claim, no fingerprint and no breaker, and reuses its connections.
"""

import json
import os
import uuid
from decimal import Decimal

import boto3
import requests
from aws_lambda_powertools import Logger

logger = Logger(service="peer")
dynamodb = boto3.client("dynamodb")
events = boto3.client("events")
secrets = boto3.client("secretsmanager")
session = requests.Session()
_credentials: dict[str, str] = {}
URL = os.environ["UPSTREAM_URL"].rstrip("/") + "/v0.2/liveness-verification"


def credentials() -> dict[str, str]:
    if not _credentials:
        answer = secrets.get_secret_value(SecretId=os.environ["UPSTREAM_SECRET_ARN"])
        found = json.loads(answer["SecretString"])
        _credentials.update({"app-id": found["app_id"], "app-key": found["app_key"]})
    return _credentials


def store(text: str) -> dict[str, object]:
    answer = json.loads(text, parse_float=Decimal)
    score = answer["response_data"]["faces_liveness"]
    decision = "live" if score >= Decimal("0.6") else "not_live"
    verification_id = uuid.uuid4().hex
    item = {"verification_id": {"S": verification_id}, "answer": {"S": text}}
    dynamodb.put_item(TableName=os.environ["TABLE_NAME"], Item=item)
    detail = json.dumps({"verification_id": verification_id, "decision": decision})
    entry = {"Source": "peer", "DetailType": "Completed", "Detail": detail, "EventBusName": "bus"}
    events.put_events(Entries=[entry])
    logger.info("done")
    return {"verification_id": verification_id, "decision": decision, "score": float(score)}


def verify(selfie: bytes, threshold: str) -> dict[str, object]:
    """By `requests` as its documents show it."""
    files = {"selfie": ("selfie.jpg", selfie, "image/jpeg")}
    response = session.post(
        URL, files=files, data={"threshold": threshold}, headers=credentials(), timeout=20
    )
    return store(response.text)
