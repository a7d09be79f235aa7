"""What any handler would have: Powertools' logger and boto3 with three clients."""

import boto3
from aws_lambda_powertools import Logger

logger = Logger(service="baseline")
clients = [boto3.client(name) for name in ("dynamodb", "events", "secretsmanager")]
