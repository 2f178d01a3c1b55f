"""What the template allows, read line by line; tests/e2e/cloud/test_deployed.py tries it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

TEMPLATE = Path(__file__).parents[2] / "template.yaml"


class _Loader(yaml.SafeLoader):
    """Reads CloudFormation's short forms as what stands behind them."""


def _short(loader: yaml.SafeLoader, _suffix: str, node: yaml.Node) -> Any:
    if isinstance(node, yaml.ScalarNode):
        return loader.construct_scalar(node)
    if isinstance(node, yaml.SequenceNode):
        return loader.construct_sequence(node, deep=True)
    return loader.construct_mapping(node, deep=True)  # type: ignore[arg-type] # the third kind


_Loader.add_multi_constructor("!", _short)  # type: ignore[no-untyped-call]
RESOURCES: dict[str, Any] = yaml.load(TEMPLATE.read_text(encoding="utf-8"), _Loader)["Resources"]  # noqa: S506 - ours
ROLES = {name: each for name, each in RESOURCES.items() if each["Type"] == "AWS::IAM::Role"}
FUNCTIONS = {name: each for name, each in RESOURCES.items() if each["Type"] == "AWS::Serverless::Function"}


def statements(role: str) -> Iterator[tuple[list[str], list[str]]]:
    """Actions and resources of each statement."""
    for policy in ROLES[role]["Properties"].get("Policies", []):
        given = policy["PolicyDocument"]["Statement"]
        # `!If [Condition, statement, none]`
        either = [each if isinstance(each, list) else [each] for each in given]
        for statement in (each for some in either for each in some if isinstance(each, dict)):
            actions, resources = statement["Action"], statement["Resource"]
            yield (
                actions if isinstance(actions, list) else [actions],
                resources if isinstance(resources, list) else [resources],
            )


@pytest.mark.parametrize("role", ROLES)
def test_a_role_names_its_actions_and_its_resources(role: str) -> None:
    assert not ROLES[role]["Properties"].get("ManagedPolicyArns")
    for actions, resources in statements(role):
        assert not [action for action in actions if "*" in action]
        if not all(action.startswith(("xray:", "cloudwatch:")) for action in actions):  # know no resources
            assert "*" not in resources, actions


@pytest.mark.parametrize("function", FUNCTIONS)
def test_every_function_has_a_role_of_its_own(function: str) -> None:
    roles = [each["Properties"].get("Role") for each in FUNCTIONS.values()]
    role = FUNCTIONS[function]["Properties"].get("Role")
    assert role
    assert roles.count(role) == 1


def test_no_bucket_is_public() -> None:
    buckets = [each for each in RESOURCES.values() if each["Type"] == "AWS::S3::Bucket"]
    assert buckets
    for bucket in buckets:
        assert set(bucket["Properties"]["PublicAccessBlockConfiguration"].values()) == {True}
