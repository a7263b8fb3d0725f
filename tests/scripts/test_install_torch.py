"""Which torch is installed, and that one that is there is left alone."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest


@pytest.fixture(scope="module")
def install_torch(load_script: Callable[[str], ModuleType]) -> ModuleType:
    """The set-up script as a module."""
    return load_script("install_torch")


def report(*names: str) -> dict[str, object]:
    """The part of pip's installation report that counts."""
    return {"install": [{"metadata": {"name": name, "version": "1"}} for name in names]}


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["torch", "filelock", "sympy"], False),
        (["torch", "nvidia-cudnn-cu13", "filelock"], True),
        (["torch", "cuda-bindings"], True),
        (["torch", "triton"], True),
    ],
)
def test_a_build_is_known_by_what_it_brings(install_torch: ModuleType, names: list[str], expected: bool) -> None:
    assert install_torch.brings_cuda(report(*names)) is expected


@pytest.mark.parametrize(
    ("version", "expected"),
    [("2.13.0+cpu", True), ("2.8.0", True), ("2.7.1", False), ("3.0.0a0", True), ("unknown", False)],
)
def test_an_installed_torch_is_kept_when_it_is_in_our_range(
    install_torch: ModuleType, version: str, expected: bool
) -> None:
    assert install_torch.is_recent_enough(version) is expected


@pytest.mark.parametrize(
    ("present", "choice", "expected"),
    [
        (None, "", False),
        ("2.13.0+cpu", "", True),
        ("2.13.0", "cuda", True),
        ("2.13.0+cpu", "cuda", False),
        ("2.13.0+cu130", "cpu", True),
        ("2.7.1", "cuda", False),
    ],
)
def test_a_cpu_build_makes_room_only_when_cuda_is_asked_for(
    install_torch: ModuleType, present: str | None, choice: str, expected: bool
) -> None:
    assert install_torch.is_kept(present, choice) is expected


def test_the_pin_of_this_project_can_be_read(install_torch: ModuleType, project_root: Path) -> None:
    version = install_torch.pinned_version(project_root / "constraints.txt")
    assert install_torch.is_recent_enough(version)


def test_a_missing_pin_is_explained(install_torch: ModuleType, tmp_path: Path) -> None:
    (tmp_path / "constraints.txt").write_text("numpy==2.0\n")
    with pytest.raises(install_torch.TorchChoiceError, match="does not pin torch"):
        install_torch.pinned_version(tmp_path / "constraints.txt")


def test_the_installed_torch_takes_the_place_of_the_pin(install_torch: ModuleType, tmp_path: Path) -> None:
    (tmp_path / "constraints.txt").write_text("numpy==2.0\ntorch==1.0\ntorchac==0.9.3\n")
    written = install_torch.constraints_with_installed_torch(tmp_path / "constraints.txt", tmp_path)
    lines = written.read_text().splitlines()
    assert lines == ["numpy==2.0", "torchac==0.9.3", f"torch=={install_torch.installed_version()}"]


def test_the_scripts_need_nothing_that_is_not_in_python(project_root: Path) -> None:
    import ast

    own = {path.stem for path in (project_root / "scripts").glob("*.py")}
    for name in ("setup_environment", "install_torch", "system_libraries"):
        tree = ast.parse((project_root / "scripts" / f"{name}.py").read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and node.module:
                names.append(node.module)
            for imported in names:
                assert imported.split(".")[0] in sys.stdlib_module_names | own
