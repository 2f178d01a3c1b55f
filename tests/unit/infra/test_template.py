"""The template, read as it stands: what its policies say is what docs/policy.md says."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from infra.sam.built import read_template

ROOT = Path(__file__).parents[3]
TEMPLATE = read_template(ROOT / "template.yaml")
RESOURCES: dict[str, Any] = TEMPLATE["Resources"]
TASTES = "tastes/*/"
SHARED = {"logs:CreateLogStream", "logs:PutLogEvents", "xray:PutTraceSegments", "xray:PutTelemetryRecords"}


def of_type(name: str) -> dict[str, Any]:
    return {key: value["Properties"] for key, value in RESOURCES.items() if value["Type"] == name}


def actions(role: str) -> set[str]:
    found = set()
    for action, _ in allowed(role):
        found.add(action)
    return found


def allowed(role: str) -> Iterator[tuple[str, str]]:
    """Each action with each resource, as the template writes it."""
    for policy in RESOURCES[role]["Properties"]["Policies"]:
        for each in policy["PolicyDocument"]["Statement"]:
            statement = each["If"][1] if "If" in each else each  # `!If [Condition, statement, none]`
            assert statement["Effect"] == "Allow"
            acts, on = statement["Action"], statement["Resource"]
            for action in [acts] if isinstance(acts, str) else acts:
                for resource in on if isinstance(on, list) else [on]:
                    yield action, resource if isinstance(resource, str) else next(iter(resource.values()))


def folders(role: str) -> Iterator[tuple[str, str]]:
    """Each action on objects, with the folder of the bucket."""
    for action, resource in allowed(role):
        if re.fullmatch(r"s3:\w+Object", action):
            yield action, resource.removeprefix("${Survivors.Arn}/").removesuffix("/*")


def test_every_action_of_every_role_is_explained() -> None:
    page = (ROOT / "docs" / "policy.md").read_text()
    rows = re.findall(r"^\| (\w+) \| ([\w:]+) \| .+ \| .+ \|$", page, re.MULTILINE)
    roles = {role: actions(role) for role in of_type("AWS::IAM::Role")}
    assert {action for role, action in rows if role == "all"} == SHARED
    for role, found in roles.items():
        shared = set() if role == "BudgetRole" else SHARED  # no function's
        assert found == shared | {action for named, action in rows if named == role}, role
    assert {role for role, _ in rows} == {*roles, "all", "role"} - {"HttpRole"}  # the heading is a row too


def test_every_folder_that_a_role_may_touch_is_explained() -> None:
    page = (ROOT / "docs" / "policy.md").read_text()
    rows = re.findall(r"^\| (\w+) \| (s3:\w+Object) \| (.+?) \| .+ \|$", page, re.MULTILINE)
    told = {(role, action, folder) for role, action, on in rows for folder in re.findall(r"\b(\w+)/", on)}
    given = {
        (role, action, folder.removeprefix(TASTES))
        for role in of_type("AWS::IAM::Role")
        for action, folder in folders(role)
    }
    assert told == given


def test_a_role_may_touch_of_a_further_taste_what_it_may_touch_of_the_first() -> None:
    shared = {"cursors", "turns"}  # the first taste's place keeps them for all
    for role in of_type("AWS::IAM::Role"):
        may = set(folders(role))
        first = {(action, folder) for action, folder in may if not folder.startswith(TASTES)}
        further = {(action, folder.removeprefix(TASTES)) for action, folder in may - first}
        assert {each for each in first if each[1] not in shared} == {
            each for each in further if each[1] not in shared
        }, role
        assert further <= first, role


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


def test_the_function_says_that_it_is_late_before_the_api_does() -> None:
    """An API Gateway waits 30 s: https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html."""
    assert RESOURCES["HttpFunction"]["Properties"]["Timeout"] < 30


def test_no_queue_hands_over_more_at_once_than_its_function_may_run() -> None:
    """What is turned away counts as received, and so comes closer to the dead letters."""
    mapped = 0
    for function in of_type("AWS::Serverless::Function").values():
        if reserved := function.get("ReservedConcurrentExecutions"):
            assert reserved["If"][0] == "Reserves"
            for event in function.get("Events", {}).values():
                if event["Type"] == "SQS":
                    mapped += 1
                    most = event["Properties"]["ScalingConfig"]["MaximumConcurrency"]
                    assert most <= reserved["If"][1]
    assert mapped


def test_secrets_are_named_and_not_told() -> None:
    assert "{{resolve:" not in (ROOT / "template.yaml").read_text()


@pytest.mark.parametrize(
    ("function", "metrics"),
    [
        ("CrawlFunction", {"Errors", "Invocations"}),
        ("FilterFunction", {"Errors", "Throttles"}),
        ("HttpFunction", {"Errors", "Throttles", "Duration"}),
        ("DeliverFunction", {"Errors", "Throttles"}),
    ],
)
def test_every_function_has_its_alarms(function: str, metrics: set[str]) -> None:
    watched = [
        alarm
        for alarm in of_type("AWS::CloudWatch::Alarm").values()
        if {"Name": "FunctionName", "Value": {"Ref": function}} in alarm.get("Dimensions", [])
    ]
    assert {alarm["MetricName"] for alarm in watched} == metrics
    assert all(alarm["AlarmActions"] for alarm in watched)


@pytest.mark.parametrize("queue", of_type("AWS::SQS::Queue"))
def test_every_queue_has_an_alarm(queue: str) -> None:
    metrics = {
        alarm["MetricName"]
        for alarm in of_type("AWS::CloudWatch::Alarm").values()
        for dimension in alarm.get("Dimensions", [])
        if dimension["Value"] == {"GetAtt": f"{queue}.QueueName"}
    }
    dead = queue.endswith("DeadLetters")
    assert metrics == {"ApproximateNumberOfMessagesVisible" if dead else "ApproximateAgeOfOldestMessage"}


def test_an_alarm_stands_where_its_function_does() -> None:
    """Under the same condition, or CloudFormation finds nothing to watch."""
    for name, resource in RESOURCES.items():
        if resource["Type"] != "AWS::CloudWatch::Alarm":
            continue
        for dimension in resource["Properties"].get("Dimensions", []):
            if isinstance(dimension["Value"], dict) and "Ref" in dimension["Value"]:
                watched = RESOURCES[dimension["Value"]["Ref"]]
                assert watched.get("Condition") in {None, resource.get("Condition")}, name


def test_only_the_mail_and_the_limit_make_a_budget() -> None:
    given = TEMPLATE["Parameters"]
    assert (given["MonthlyBudget"]["Default"], given["BudgetStops"]["Default"]) == (0, "no")
    assert RESOURCES["Budget"]["Condition"] == "HasBudget"
    stop = {name for name, each in RESOURCES.items() if each.get("Condition") == "BudgetEnds"}
    assert stop == {"BudgetStop", "NoMoreCrawls", "BudgetRole"}
    assert TEMPLATE["Conditions"]["HasBudget"]["And"][0] == {"Condition": "HasEmail"}


def test_the_budget_stops_the_schedule_and_can_do_nothing_else() -> None:
    stop = RESOURCES["BudgetStop"]["Properties"]
    assert stop["Definition"]["IamActionDefinition"] == {
        "PolicyArn": {"Ref": "NoMoreCrawls"},
        "Roles": [{"Ref": "CrawlFunctionScheduleRole"}],
    }
    denied = RESOURCES["NoMoreCrawls"]["Properties"]["PolicyDocument"]["Statement"]
    assert (denied["Effect"], denied["Action"]) == ("Deny", "lambda:InvokeFunction")
    (statement,) = RESOURCES["BudgetRole"]["Properties"]["Policies"][0]["PolicyDocument"]["Statement"]
    assert statement["Resource"] == {"GetAtt": "CrawlFunctionScheduleRole.Arn"}
    assert statement["Condition"] == {"ArnEquals": {"iam:PolicyARN": {"Ref": "NoMoreCrawls"}}}


def test_everybody_may_call_only_with_none_and_a_bound() -> None:
    doors = of_type("AWS::Lambda::Permission")
    assert {door["Action"] for door in doors.values()} == {
        "lambda:InvokeFunctionUrl",
        "lambda:InvokeFunction",
    }
    for name, door in doors.items():
        assert RESOURCES[name]["Condition"] == "IsPublic"
        assert door.get("FunctionUrlAuthType") == "NONE" or door["InvokedViaFunctionUrl"] is True
    rule = TEMPLATE["Rules"]["PublicIsBounded"]
    assert rule["RuleCondition"] == {"Equals": [{"Ref": "HttpApi"}, "NONE"]}
    assert rule["Assertions"][0]["Assert"] == {"Equals": [{"Ref": "ReserveConcurrency"}, "yes"]}


@pytest.mark.parametrize("name", [*of_type("AWS::DynamoDB::Table"), *of_type("AWS::S3::Bucket")])
def test_what_nobody_can_bring_back_outlives_the_stack(name: str) -> None:
    assert (RESOURCES[name]["DeletionPolicy"], RESOURCES[name]["UpdateReplacePolicy"]) == ("Retain", "Retain")


def test_no_role_can_destroy_a_picture() -> None:
    assert RESOURCES["Survivors"]["Properties"]["VersioningConfiguration"] == {"Status": "Enabled"}
    may = {
        "s3:GetObject", "s3:PutObject", "s3:ListBucket",
        "s3:DeleteObject",  # hides it
    }  # fmt: skip
    for role in of_type("AWS::IAM::Role"):
        assert {action for action in actions(role) if action.startswith("s3:")} <= may, role


def test_old_versions_end_wherever_a_role_can_make_some() -> None:
    every = RESOURCES["Survivors"]["Properties"]["LifecycleConfiguration"]["Rules"]
    rules = [rule for rule in every if "If" not in rule]
    ends = {rule["Prefix"]: rule.get("NoncurrentVersionExpiration") for rule in rules if "Prefix" in rule}
    assert len({rule["Id"] for rule in rules}) == len(rules) == len(ends) + 1  # S3 refuses an Id twice
    written = {
        re.sub(r"^\$\{Survivors\.Arn\}/(\w+/)(\*/\w+/)?\*$", r"\1", resource)
        for role in of_type("AWS::IAM::Role")
        for action, resource in allowed(role)
        if action in {"s3:PutObject", "s3:DeleteObject"}
    }
    assert written <= ends.keys()
    assert all(ends.values())
    # What an author took back is gone within two days; S3 counts from the next midnight.
    taken_back = {
        resource.split("/")[1] for action, resource in allowed("CrawlRole") if action == "s3:DeleteObject"
    }
    assert "tastes" in taken_back
    for folder in taken_back:
        days = ends[f"{folder}/"]["NoncurrentDays"]
        assert days == 1 or days["If"][:2] == ["TakesBack", 1]
    assert ends["decisions/"]["NoncurrentDays"] == 1  # lines before they were redacted


@pytest.mark.parametrize("taste", ["Taste2", "Taste3", "Taste4"])
def test_a_further_taste_has_the_rules_of_the_first(taste: str) -> None:
    bucket = RESOURCES["Survivors"]["Properties"]
    rules = bucket["LifecycleConfiguration"]["Rules"]
    first = {rule["Prefix"]: rule for rule in rules if "Prefix" in rule}
    own = {
        rule["If"][1]["Prefix"]["Sub"]: rule["If"][1]
        for rule in rules
        if rule.get("If", [""])[0] == f"Has{taste}"
    }
    assert own.keys() == {f"tastes/${{{taste}}}/{folder}/" for folder in ("decisions", "replaced")}
    for prefix, rule in own.items():
        like = first[prefix.removeprefix(f"tastes/${{{taste}}}/")]
        assert rule["ExpirationInDays"] == like["ExpirationInDays"]
    _, delivers, _ = bucket["NotificationConfiguration"]["If"]
    (told,) = (
        each["If"][1] for each in delivers["QueueConfigurations"] if each.get("If", [""])[0] == f"Has{taste}"
    )
    (rule,) = told["Filter"]["S3Key"]["Rules"]
    assert rule == {"Name": "prefix", "Value": {"Sub": f"tastes/${{{taste}}}/images/"}}
