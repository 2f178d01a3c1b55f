"""Fills a server that plays AWS: with what infra/events/env.json names, or with the whole built stack.

Usage: python -m infra.sam.local resources
       python -m infra.sam.local deploy [PARAMETER=VALUE…]

AWS_ENDPOINT_URL names the server; without it, that is http://127.0.0.1:4566, where MiniStack listens.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import boto3

ROOT: Final = Path(__file__).parents[2]
REGION: Final = "eu-west-1"
#: The stack's name, and the names of what `resources` makes; the sample events and env.json have them too.
STACK, BUCKET, TABLE = "bowerbird", "survivors", "ledger"
QUEUES: Final = ("candidates", "deliveries")


def resources(endpoint: str) -> None:
    """Make the bucket, the queues with their dead letters, and the table, unless they are there."""
    s3, sqs, dynamodb = (_client(name, endpoint) for name in ("s3", "sqs", "dynamodb"))
    if BUCKET not in {each["Name"] for each in s3.list_buckets()["Buckets"]}:
        s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
    for name in QUEUES:
        dead = sqs.create_queue(QueueName=f"{name}-dead")["QueueUrl"]
        arn = sqs.get_queue_attributes(QueueUrl=dead, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        redrive = json.dumps({"deadLetterTargetArn": arn, "maxReceiveCount": 10})
        sqs.create_queue(QueueName=name, Attributes={"RedrivePolicy": redrive})
    if TABLE not in dynamodb.list_tables()["TableNames"]:
        dynamodb.create_table(
            TableName=TABLE,
            BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
            KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        )


def deploy(endpoint: str, parameters: Mapping[str, str]) -> dict[str, str]:
    """Deploy what `make sam` built; returns the stack's outputs.

    Raises:
        subprocess.CalledProcessError: `sam deploy` failed; it has said why.
    """
    given = {"CrawlRate": "rate(1 day)", "EndpointUrl": endpoint, **parameters}
    command = [
        str(ROOT / ".venv-sam" / "bin" / "sam"), "deploy", "--stack-name", STACK, "--resolve-s3",
        "--capabilities", "CAPABILITY_IAM", "--no-confirm-changeset", "--no-fail-on-empty-changeset",
        "--no-progressbar", "--parameter-overrides", *(f'{name}="{value}"' for name, value in given.items()),
    ]  # fmt: skip
    subprocess.run(command, cwd=ROOT, env={**os.environ, **_environment(endpoint)}, check=True)  # noqa: S603
    _mend_mappings(endpoint)
    (stack,) = _client("cloudformation", endpoint).describe_stacks(StackName=STACK)["Stacks"]
    outputs = {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}
    # The address of AWS leads nowhere; MiniStack has the function under a path of its own.
    url = urlsplit(outputs.get("HttpUrl", "")).netloc.partition(".")[0]
    return outputs | ({"HttpUrl": f"{endpoint}/_aws/lambda-url/{url}/"} if url else {})


def _mend_mappings(endpoint: str) -> None:
    """Say the concurrency again: MiniStack 1.5 takes a parameter for text, and then polls no queue at all."""
    client = _client("lambda", endpoint)
    for mapping in client.list_event_source_mappings()["EventSourceMappings"]:
        if most := mapping.get("ScalingConfig", {}).get("MaximumConcurrency"):
            scaling = {"MaximumConcurrency": int(most)}
            client.update_event_source_mapping(UUID=mapping["UUID"], ScalingConfig=scaling)


def _client(service: str, endpoint: str) -> Any:
    return boto3.client(
        service,  # type: ignore[call-overload]  # the stubs want a literal
        endpoint_url=endpoint,
        region_name=REGION,
        aws_access_key_id="test",
        aws_secret_access_key="test",  # noqa: S106 - everybody's
    )


def _environment(endpoint: str) -> dict[str, str]:
    return {
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "SAM_CLI_TELEMETRY": "0",
    }


def main() -> int:
    """Do one of the two."""
    endpoint = os.environ.get("AWS_ENDPOINT_URL") or "http://127.0.0.1:4566"
    match sys.argv[1:]:
        case ["resources"]:
            resources(endpoint)
        case ["deploy", *given] if all("=" in each for each in given):
            outputs = deploy(endpoint, dict(each.split("=", 1) for each in given))
            print(json.dumps(outputs, indent=1))
        case _:
            print(__doc__, file=sys.stderr)
            return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
