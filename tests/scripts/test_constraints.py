"""The pins fit together: an installation from them cannot end in a conflict."""

from __future__ import annotations

import importlib.metadata
from pathlib import Path

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


def requirements_of(name: str) -> list[Requirement]:
    """What an installed distribution needs here, its extras left out."""
    found = [Requirement(text) for text in importlib.metadata.requires(name) or []]
    return [item for item in found if item.marker is None or item.marker.evaluate({"extra": ""})]


def test_every_pin_satisfies_what_the_other_packages_need(pins: dict[str, str]) -> None:
    for name, version in pins.items():
        try:
            installed = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
        if installed.split("+")[0] != version:
            continue  # this environment was made from other pins, and its metadata says nothing about ours
        for requirement in requirements_of(name):
            pinned = pins.get(canonicalize_name(requirement.name))
            assert pinned is not None, f"{name} needs {requirement}, which has no pin"
            assert requirement.specifier.contains(pinned, prereleases=True), f"{name} needs {requirement}"


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
