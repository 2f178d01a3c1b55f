"""Finds rules, sources, galleries and channels by their files: adding one is adding a module."""

from __future__ import annotations

import importlib
import pkgutil
from types import ModuleType
from typing import Any


def modules_with(package: ModuleType, attribute: str) -> list[Any]:
    """Return the modules of a package that have an `attribute`, in order of module name."""
    names = sorted(module.name for module in pkgutil.iter_modules(package.__path__))
    modules = [importlib.import_module(f"{package.__name__}.{name}") for name in names]
    return [module for module in modules if hasattr(module, attribute)]


def discover(package: ModuleType, attribute: str) -> list[Any]:
    """The value of `attribute` of every module of a package that has it, in order of module name."""
    return [getattr(module, attribute) for module in modules_with(package, attribute)]
