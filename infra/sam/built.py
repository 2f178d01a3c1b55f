"""Reads what `sam build` made: the functions of the built template, with their folders and settings."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml


@dataclass(frozen=True, slots=True)
class BuiltFunction:
    """Shows a function as Lambda sees it: `task` is /var/task, and `layers` lie over each other at /opt."""

    name: str
    handler: str
    task: Path
    layers: tuple[Path, ...]
    memory_mb: int
    timeout_s: int
    environment: dict[str, str]

    def folders(self) -> tuple[Path, ...]:
        """List the folders that count against Lambda's limit on unzipped size."""
        return (self.task, *self.layers)

    def python_path(self) -> list[str]:
        """List the folders where Python looks for imports, in Lambda's order."""
        return [str(self.task), *(str(layer / "python") for layer in self.layers)]


class _Template(yaml.SafeLoader):
    """Loads YAML with CloudFormation's short forms: `!Ref X` becomes {"Ref": "X"}, as in its JSON."""


def _short_form(loader: yaml.SafeLoader, name: str, node: yaml.Node) -> dict[str, Any]:
    if isinstance(node, yaml.ScalarNode):
        return {name: loader.construct_scalar(node)}
    if isinstance(node, yaml.SequenceNode):
        return {name: loader.construct_sequence(node, deep=True)}
    if isinstance(node, yaml.MappingNode):
        return {name: loader.construct_mapping(node, deep=True)}
    raise yaml.constructor.ConstructorError(None, None, f"!{name} has no value", node.start_mark)


_Template.add_multi_constructor("!", _short_form)


def read_template(path: Path) -> dict[str, Any]:
    """Read a template as it stands, with parameters and references unresolved."""
    parsed: dict[str, Any] = yaml.load(path.read_text(), Loader=_Template)  # noqa: S506 - a SafeLoader
    return parsed


def built_functions(template: Path) -> list[BuiltFunction]:
    """List a built template's zip functions. Parameters have their defaults.

    `Bundle` is the built one; of two, lite is the one that would look first. A
    value that only AWS knows, such as a queue's URL, becomes the resource's own name.
    """
    parsed = read_template(template)
    parameters = {name: value.get("Default", "") for name, value in parsed.get("Parameters", {}).items()}
    shared = parsed.get("Globals", {}).get("Function", {})
    folder = template.parent
    bundle = _judge(folder / "ModelsLayer" / "python" / "bundles")
    parameters |= {"Bundle": bundle.name, "UserAgent": "aws-lambda:bowerbird:built (+owner@example.org)"}
    found = []
    for name, resource in parsed["Resources"].items():
        if resource["Type"] != "AWS::Serverless::Function":
            continue
        own = resource["Properties"]
        variables = _variables(shared) | _variables(own)
        found.append(
            BuiltFunction(
                name=name,
                handler=own["Handler"],
                task=folder / own["CodeUri"],
                layers=tuple(
                    folder / parsed["Resources"][layer["Ref"]]["Properties"]["ContentUri"]
                    for layer in own.get("Layers", [])
                ),
                memory_mb=int(_resolved(own["MemorySize"], parameters)),
                timeout_s=int(_resolved(own["Timeout"], parameters)),
                environment={key: _resolved(value, parameters) for key, value in variables.items()},
            )
        )
    return found


def _judge(bundles: Path) -> Path:
    return min(bundles.iterdir(), key=lambda each: (each.name == "lite", each.name))


def _variables(properties: dict[str, Any]) -> dict[str, Any]:
    variables: dict[str, Any] = properties.get("Environment", {}).get("Variables", {})
    return variables


def _resolved(value: Any, parameters: dict[str, Any]) -> str:
    if isinstance(value, dict) and "Ref" in value:
        return str(parameters.get(value["Ref"], value["Ref"]))
    if isinstance(value, dict) and "Fn::Sub" in value:
        return re.sub(r"\$\{(\w+)\}", lambda name: str(parameters.get(name[1], name[1])), value["Fn::Sub"])
    return str(value)
