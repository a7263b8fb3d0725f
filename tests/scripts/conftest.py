"""The set-up scripts are no package: they are loaded as the modules they are while `make` runs them."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest


@pytest.fixture(scope="session")
def load_script(project_root: Path) -> Callable[[str], ModuleType]:
    """A function that loads `scripts/NAME.py`."""

    def load(name: str) -> ModuleType:
        specification = importlib.util.spec_from_file_location(name, project_root / "scripts" / f"{name}.py")
        assert specification is not None
        assert specification.loader is not None
        module = importlib.util.module_from_spec(specification)
        # Dataclasses look their module up.
        sys.modules[name] = module
        specification.loader.exec_module(module)
        return module

    return load
