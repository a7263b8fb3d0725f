"""The pins fit together: an installation from them cannot end in a conflict."""

from __future__ import annotations

import importlib.metadata
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name


def read_pins(path: Path) -> dict[str, str]:
    lines = [line.split("#")[0].strip() for line in path.read_text(encoding="utf-8").splitlines()]
    pairs = (line.split("==") for line in lines if line)
    return {canonicalize_name(name): version for name, version in pairs}


@pytest.fixture(scope="module")
def pins(project_root: Path) -> dict[str, str]:
    return read_pins(project_root / "constraints.txt")


@pytest.fixture(scope="module")
def cuda_packages(load_script: Callable[[str], ModuleType]) -> tuple[str, ...]:
    """How the names begin of what a build of torch with CUDA brings, and no other does."""
    beginnings: tuple[str, ...] = load_script("install_torch").CUDA_PACKAGES
    return beginnings


def requirements_of(name: str) -> list[Requirement]:
    """What an installed distribution needs here, its extras left out."""
    found = [Requirement(text) for text in importlib.metadata.requires(name) or []]
    return [item for item in found if item.marker is None or item.marker.evaluate({"extra": ""})]


def test_every_pin_satisfies_what_the_other_packages_need(pins: dict[str, str], cuda_packages: tuple[str, ...]) -> None:
    for name, version in pins.items():
        try:
            installed = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
        if installed.split("+")[0] != version:
            continue  # this environment was made from other pins, and its metadata says nothing about ours
        for requirement in requirements_of(name):
            if name == "torch" and canonicalize_name(requirement.name).startswith(cuda_packages):
                continue  # the build that is installed says which, as the next test explains
            pinned = pins.get(canonicalize_name(requirement.name))
            assert pinned is not None, f"{name} needs {requirement}, which has no pin"
            assert requirement.specifier.contains(pinned, prereleases=True), f"{name} needs {requirement}"


def test_what_only_a_build_of_torch_with_cuda_brings_has_no_pin(
    pins: dict[str, str], cuda_packages: tuple[str, ...]
) -> None:
    """Each build (CUDA 12, CUDA 13, …) names its own versions: a pin that suits one would keep another out."""
    assert [name for name in pins if name.startswith(cuda_packages)] == []


def test_the_project_itself_accepts_its_pins(pins: dict[str, str], project_root: Path) -> None:
    import tomllib

    project = tomllib.loads((project_root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = [
        *project["dependencies"],
        *(item for extra in project["optional-dependencies"].values() for item in extra),
    ]
    for text in wanted:
        requirement = Requirement(text)
        assert requirement.specifier.contains(pins[canonicalize_name(requirement.name)]), text
