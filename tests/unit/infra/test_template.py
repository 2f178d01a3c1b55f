"""The template, read as it stands: what its policies say is what docs/policy.md says."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from infra.sam.built import read_template

ROOT = Path(__file__).parents[3]
TEMPLATE = read_template(ROOT / "template.yaml")
RESOURCES: dict[str, Any] = TEMPLATE["Resources"]
SHARED = {"logs:CreateLogStream", "logs:PutLogEvents", "xray:PutTraceSegments", "xray:PutTelemetryRecords"}


def of_type(name: str) -> dict[str, Any]:
    return {key: value["Properties"] for key, value in RESOURCES.items() if value["Type"] == name}


def actions(role: str) -> set[str]:
    found = set()
    for policy in RESOURCES[role]["Properties"]["Policies"]:
        for each in policy["PolicyDocument"]["Statement"]:
            statement = each["If"][1] if "If" in each else each  # `!If [Condition, statement, none]`
            assert statement["Effect"] == "Allow"
            action = statement["Action"]
            found |= {action} if isinstance(action, str) else set(action)
    return found


def test_every_action_of_every_role_is_explained() -> None:
    page = (ROOT / "docs" / "policy.md").read_text()
    rows = re.findall(r"^\| (\w+) \| ([\w:]+) \| .+ \| .+ \|$", page, re.MULTILINE)
    roles = {role: actions(role) for role in of_type("AWS::IAM::Role")}
    assert {action for role, action in rows if role == "all"} == SHARED
    for role, allowed in roles.items():
        assert allowed == SHARED | {action for named, action in rows if named == role}, role
    assert {role for role, _ in rows} == {*roles, "all", "role"} - {"HttpRole"}  # the heading is a row too


def test_no_action_is_a_pattern() -> None:
    assert [each for role in of_type("AWS::IAM::Role") for each in actions(role) if "*" in each] == []


def test_each_function_has_a_role_of_its_own() -> None:
    roles = [function["Role"]["GetAtt"] for function in of_type("AWS::Serverless::Function").values()]
    assert len(set(roles)) == len(roles)


def test_the_image_is_run_as_the_zip_is() -> None:
    image = read_template(ROOT / "infra" / "image" / "template.yaml")
    function = image["Resources"]["FilterImageFunction"]["Properties"]
    code = of_type("AWS::Serverless::Function")["FilterFunction"]
    assert function["Timeout"] == code["Timeout"]
    event, own = code["Events"]["Candidates"]["Properties"], function["Events"]["Candidates"]["Properties"]
    assert {**event, "Enabled": None, "Queue": None} == {**own, "Enabled": None, "Queue": None}
    given = {"BOWERBIRD_BUNDLE", "MALLOC_ARENA_MAX"}  # the image's own
    variables = TEMPLATE["Globals"]["Function"]["Environment"]["Variables"] | code["Environment"]["Variables"]
    assert function["Environment"]["Variables"].keys() == variables.keys() - given
    asked = image["Parameters"].keys() - TEMPLATE["Parameters"].keys()
    assert asked <= TEMPLATE["Outputs"].keys()


def test_the_dashboard_is_json() -> None:
    widgets = json.loads(RESOURCES["Overview"]["Properties"]["DashboardBody"]["Sub"])["widgets"]
    assert len({(widget["x"], widget["y"]) for widget in widgets}) == len(widgets)


def test_every_parameter_is_explained() -> None:
    page = (ROOT / "docs" / "deploy.md").read_text()
    assert [name for name in TEMPLATE["Parameters"] if f"`{name}`" not in page] == []


@pytest.mark.parametrize("name", [*of_type("AWS::SQS::Queue"), *of_type("AWS::S3::Bucket")])
def test_nothing_is_read_or_written_in_the_clear(name: str) -> None:
    kinds = ("AWS::SQS::QueuePolicy", "AWS::S3::BucketPolicy")
    statements = [
        statement
        for kind in kinds
        for policy in of_type(kind).values()
        if {"Ref": name} in [*policy.get("Queues", []), policy.get("Bucket")]
        for statement in policy["PolicyDocument"]["Statement"]
    ]
    assert {"Bool": {"aws:SecureTransport": False}} in [
        statement["Condition"] for statement in statements if statement["Effect"] == "Deny"
    ]


def test_every_alarm_has_its_page() -> None:
    headings = re.findall(r"^### (.+)$", (ROOT / "docs" / "deploy.md").read_text(), re.MULTILINE)
    anchors = {heading.lower().replace(" ", "-") for heading in headings}
    for name, alarm in of_type("AWS::CloudWatch::Alarm").items():
        (anchor,) = re.findall(r"docs/deploy\.md#([\w-]+)", alarm["AlarmDescription"])
        assert anchor in anchors, name


def test_messages_stay_invisible_for_six_time_outs() -> None:
    """https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html."""
    for function in of_type("AWS::Serverless::Function").values():
        for event in function.get("Events", {}).values():
            if event["Type"] == "SQS":
                queue = event["Properties"]["Queue"]["GetAtt"].removesuffix(".Arn")
                window = event["Properties"].get("MaximumBatchingWindowInSeconds", 0)
                needed = 6 * function["Timeout"] + window
                assert RESOURCES[queue]["Properties"]["VisibilityTimeout"] >= needed


def test_a_store_that_fails_uses_up_no_candidates_attempts() -> None:
    variables = RESOURCES["FilterFunction"]["Properties"]["Environment"]["Variables"]
    limit = RESOURCES["Candidates"]["Properties"]["RedrivePolicy"]["maxReceiveCount"]
    assert int(variables["BOWERBIRD_MAX_RECEIVES"]) <= limit / 2
