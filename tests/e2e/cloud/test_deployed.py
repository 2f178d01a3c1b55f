"""The whole template, deployed to a local stand-in that enforces its policies: enough, and no more.

Nobody but Lambda may take on the functions' roles, so each role's policy, as deployed, is given to a user.
"""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from bowerbird.adapters.aws.s3 import S3Store
from bowerbird.core.decision_log import decisions_key, each_line, log_file, packed_key
from bowerbird.core.prior import read_prior
from infra.sam.box import Box
from infra.sam.built import built_functions
from tests import aws_servers
from tests.aws_servers import ACCESS_KEY, REGION, SECRET_KEY, Cloud
from tests.e2e.cloud.rig import (
    PYTHON,
    ROOT,
    TEMPLATE,
    assert_a_better_copy_replaces_a_worse_one,
    assert_all_is_right,
    bundle,
    crawled,
    needs_build,
    rigged,
)
from tests.unit.filter.test_prior_fit import stream

pytestmark = [needs_build, pytest.mark.xdist_group("stack")]  # deployed once

ROLES = ("CrawlRole", "FilterRole", "CompactRole", "HttpRole")

# In AWS a batch needs the plain action; the stand-in asks for one of the batch's own name.
# https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsqs.html
BATCHED = {"sqs:SendMessage", "sqs:DeleteMessage", "sqs:ChangeMessageVisibility"}


@dataclass(frozen=True, slots=True)
class Stack:
    """A deployed stack: what its outputs name, and keys that are allowed what each function is."""

    cloud: Cloud
    outputs: dict[str, str]
    keys: dict[str, tuple[str, str]]

    def client(self, role: str, service: str) -> Any:
        """A client that is allowed what the role is."""
        return self.cloud.client(service, *self.keys[role])


def deploy(cloud: Cloud) -> dict[str, str]:
    """`sam deploy` with the defaults; returns the outputs."""
    command = [
        str(ROOT / ".venv-sam" / "bin" / "sam"), "deploy", "--stack-name", "bowerbird", "--resolve-s3",
        "--capabilities", "CAPABILITY_IAM", "--no-confirm-changeset", "--no-progressbar",
        "--parameter-overrides", 'CrawlRate="rate(1 day)"', "Taste2=second",
        'UserAgent="aws-lambda:bowerbird:1 (+me@example.org)"',
    ]  # fmt: skip
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": os.environ["HOME"],
        "SAM_CLI_TELEMETRY": "0",
        "AWS_DEFAULT_REGION": REGION,
        "AWS_ACCESS_KEY_ID": ACCESS_KEY,
        "AWS_SECRET_ACCESS_KEY": SECRET_KEY,
        "AWS_ENDPOINT_URL": cloud.url,
        "AWS_CA_BUNDLE": str(cloud.ca_bundle),
    }
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    (stack,) = cloud.client("cloudformation").describe_stacks(StackName="bowerbird")["Stacks"]
    return {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}


def user_like(cloud: Cloud, role: str) -> tuple[str, str]:
    """The key of a user who may do what the stack's role may."""
    iam = cloud.client("iam")
    resource = cloud.client("cloudformation").describe_stack_resource(
        StackName="bowerbird", LogicalResourceId=role
    )
    name = resource["StackResourceDetail"]["PhysicalResourceId"]
    iam.create_user(UserName=role)
    for policy in iam.list_role_policies(RoleName=name)["PolicyNames"]:
        document = iam.get_role_policy(RoleName=name, PolicyName=policy)["PolicyDocument"]
        for statement in document["Statement"]:
            actions = statement["Action"] if isinstance(statement["Action"], list) else [statement["Action"]]
            statement["Action"] = [*actions, *(f"{each}Batch" for each in actions if each in BATCHED)]
        iam.put_user_policy(UserName=role, PolicyName=policy, PolicyDocument=json.dumps(document))
    assert iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"] == []
    key = iam.create_access_key(UserName=role)["AccessKey"]
    return key["AccessKeyId"], key["SecretAccessKey"]


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with aws_servers.ministack(tmp_path_factory.mktemp("stack"), enforce=True) as cloud:
        outputs = deploy(cloud)
        yield Stack(cloud, outputs, {role: user_like(cloud, role) for role in ROLES})


REFUSED: list[tuple[str, str, Callable[[Any, dict[str, str]], object]]] = [
    ("CrawlRole", "s3", lambda s3, out: s3.get_object(Bucket=out["Bucket"], Key="images/a")),
    ("CrawlRole", "s3", lambda s3, out: s3.put_object(Bucket=out["Bucket"], Key="images/a", Body=b"")),
    ("CrawlRole", "sqs", lambda sqs, out: sqs.receive_message(QueueUrl=out["Queue"])),
    ("CrawlRole", "sqs", lambda sqs, out: sqs.send_message(QueueUrl=out["DeadLetters"], MessageBody="a")),
    ("FilterRole", "sqs", lambda sqs, out: sqs.send_message(QueueUrl=out["Queue"], MessageBody="a")),
    ("FilterRole", "sqs", lambda sqs, out: sqs.purge_queue(QueueUrl=out["Queue"])),
    ("FilterRole", "s3", lambda s3, out: s3.delete_object(Bucket=out["Bucket"], Key="labels/a")),
    ("FilterRole", "s3", lambda s3, out: s3.delete_object(Bucket=out["Bucket"], Key="decisions/a")),
    ("FilterRole", "s3", lambda s3, out: s3.put_object(Bucket=out["Bucket"], Key="thumbs/a", Body=b"")),
    ("FilterRole", "s3", lambda s3, out: s3.put_object(Bucket=out["Bucket"], Key="other/a", Body=b"")),
    ("FilterRole", "s3", lambda s3, out: s3.get_object(Bucket=out["Bucket"], Key="cursors/a")),
    ("FilterRole", "s3", lambda s3, out: s3.delete_object(Bucket=out["Bucket"], Key="tastes/a/labels/a")),
    ("FilterRole", "s3", lambda s3, out: s3.put_object(Bucket=out["Bucket"], Key="tastes/a/b", Body=b"")),
    ("FilterRole", "s3", lambda s3, _: s3.list_buckets()),
    ("CompactRole", "s3", lambda s3, out: s3.get_object(Bucket=out["Bucket"], Key="images/a")),
    ("CompactRole", "s3", lambda s3, out: s3.delete_object(Bucket=out["Bucket"], Key="images/a")),
    ("CompactRole", "s3", lambda s3, out: s3.put_object(Bucket=out["Bucket"], Key="cursors/a", Body=b"")),
    ("CompactRole", "s3", lambda s3, out: s3.delete_object(Bucket=out["Bucket"], Key="tastes/a/images/a")),
    ("HttpRole", "s3", lambda s3, out: s3.list_objects_v2(Bucket=out["Bucket"])),
    ("HttpRole", "sqs", lambda sqs, out: sqs.send_message(QueueUrl=out["Queue"], MessageBody="a")),
    ("FilterRole", "dynamodb", lambda db, out: db.scan(TableName=out["Ledger"])),
    ("FilterRole", "dynamodb", lambda db, out: db.delete_table(TableName=out["Ledger"])),
]


@pytest.mark.parametrize(("role", "service", "act"), REFUSED)
def test_a_role_may_do_no_more(
    stack: Stack, role: str, service: str, act: Callable[[Any, dict[str, str]], object]
) -> None:
    with pytest.raises(ClientError, match="AccessDenied"):
        act(stack.client(role, service), stack.outputs)


def test_the_roles_may_do_all_they_must(stack: Stack, tmp_path: Path) -> None:
    bucket, queues = stack.outputs["Bucket"], (stack.outputs["Queue"], stack.outputs["DeadLetters"])

    def keys(role: str) -> dict[str, str]:
        key, secret = stack.keys[role]
        return {
            "AWS_ACCESS_KEY_ID": key,
            "AWS_SECRET_ACCESS_KEY": secret,
            "AWS_CA_BUNDLE": str(stack.cloud.ca_bundle),
        }

    with rigged(
        tmp_path,
        stack.cloud,
        stack.cloud,
        bucket=bucket,
        queues=queues,
        crawl=keys("CrawlRole"),
        judge={
            "BOWERBIRD_LEDGER_TABLE": stack.outputs["Ledger"],
            "BOWERBIRD_TASTES": str(bundle(tmp_path, "second")),
            **keys("FilterRole"),
        },
    ) as rig:
        crawled(rig)
        rig.cloud.client("sqs").send_message(QueueUrl=rig.queue_url, MessageBody="poison")
        assert {report.error for report in rig.settle()} == {None}
        second = rig.of_taste("second")
        assert_all_is_right(rig)
        assert_all_is_right(second)
        assert_a_better_copy_replaces_a_worse_one(rig)
        assert list(second.store.keys("replaced/")) == list(rig.store.keys("replaced/"))
        assert [letter["Body"] for letter in rig.dead_letters()] == ["poison"]


def test_the_compact_function_may_do_all_it_must(stack: Stack, tmp_path: Path) -> None:
    bucket = stack.outputs["Bucket"]
    stores = [S3Store(stack.cloud.client("s3"), bucket, prefix) for prefix in ("", "tastes/second")]
    day, found = "2026-01-05", stream(400, kept_share=0.1)
    for store in stores:
        for name, lines in (("a", found[:200]), ("b", found[200:])):
            dated = [replace(line, decided_at=f"{day}T10:00:00.000Z") for line in lines]
            store.put(decisions_key(day, name), log_file(dated), content_type="application/x-ndjson")
    (built,) = (each for each in built_functions(TEMPLATE) if each.name == "CompactFunction")
    key, secret = stack.keys["CompactRole"]
    environment = {
        "AWS_ENDPOINT_URL": stack.cloud.url,
        "AWS_ACCESS_KEY_ID": key,
        "AWS_SECRET_ACCESS_KEY": secret,
        "AWS_CA_BUNDLE": str(stack.cloud.ca_bundle),
        "BOWERBIRD_BUCKET": bucket,
        "BOWERBIRD_TASTES": "second,,",
    }
    box = Box(built, PYTHON, environment, tmp_path / "log")
    try:
        report = box.invoke({})
    finally:
        box.close()
    assert (report.error, report.answer) == (None, {"days": 2, "files": 4, "best": [], "models": 2})
    for store in stores:
        assert list(store.keys(f"decisions/day={day}/")) == [packed_key(day)]
        assert len([each for each in each_line(store, day) if each]) == 400
        assert read_prior(store) is not None
