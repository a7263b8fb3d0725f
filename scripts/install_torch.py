"""Install torch: the CPU build, unless one is installed already or another was asked for.

On Linux the plain package of torch brings several gigabytes of CUDA libraries, which this program does not need
to compress a photograph. pip is therefore asked first what it *would* install.

Environment variables:
    TORCH=cuda          take what the configured package index offers, CUDA included, in place of a CPU build.
    TORCH=cpu           take the CPU build or none. Without it the index's own build is taken, with a word about its
                        size, where PyTorch's index of CPU builds cannot be reached.
    TORCH_INDEX_URL     address of a package index with the build that is wanted (PyTorch's "Get Started" page
                        names those for the CPU, CUDA and ROCm).
"""

from __future__ import annotations

import importlib.metadata
import json
import os
import re
import subprocess
import sys
from pathlib import Path

OLDEST = (2, 8)
CUDA_PACKAGES = ("nvidia-", "cuda-", "triton")


class TorchChoiceError(Exception):
    """No build of torch could be chosen or installed; the message says what the person can set."""


def pinned_version(constraints: Path) -> str:
    """The version of torch that the constraints file pins."""
    found = re.search(r"^torch==(\S+)$", constraints.read_text(encoding="utf-8"), re.MULTILINE)
    if found is None:
        raise TorchChoiceError(f"{constraints} does not pin torch. Restore the line 'torch==…' in it.")
    return found.group(1)


def installed_version() -> str | None:
    """The version of torch in this environment, or None."""
    try:
        return importlib.metadata.version("torch")
    except importlib.metadata.PackageNotFoundError:
        return None


def is_recent_enough(version: str) -> bool:
    """Whether a version, such as "2.13.0+cpu", is in the range that pyproject.toml asks for."""
    found = re.match(r"(\d+)\.(\d+)", version)
    return found is not None and (int(found.group(1)), int(found.group(2))) >= OLDEST


def brings_cuda(report: dict[str, object]) -> bool:
    """Whether an installation report of pip holds CUDA libraries beside torch."""
    entries = report.get("install", [])
    if not isinstance(entries, list):
        return False
    names = [str(entry["metadata"]["name"]).lower() for entry in entries]
    return any(name.startswith(CUDA_PACKAGES) for name in names)


def _pip(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "pip", "--disable-pip-version-check", "install", "--quiet", *arguments]


def _plain_build_is_cpu(requirement: str) -> bool:
    """Ask pip what it would install for a requirement, without downloading it."""
    asked = subprocess.run(_pip("--dry-run", "--report", "-", requirement), capture_output=True, text=True, check=False)
    if asked.returncode != 0:
        raise TorchChoiceError(f"pip cannot find {requirement}:\n{asked.stderr.strip()}")
    return not brings_cuda(json.loads(asked.stdout))


def _installed_with_uv(requirement: str) -> bool:
    """Let uv, which knows PyTorch's own indexes, take the CPU build; False when it cannot be had."""
    if subprocess.run(_pip("uv"), check=False).returncode != 0:
        return False
    command = [sys.executable, "-m", "uv", "pip", "install", "--quiet", "--python", sys.executable]
    return subprocess.run([*command, "--torch-backend", "cpu", requirement], check=False).returncode == 0


def is_kept(present: str | None, choice: str) -> bool:
    """Whether an installed torch stays: a recent one does, unless CUDA was asked for and it is a CPU build."""
    if present is None or not is_recent_enough(present):
        return False
    return not (choice == "cuda" and present.endswith("+cpu"))


def ensure_torch(constraints: Path) -> None:
    """Install the pinned torch into this environment unless a recent one is there."""
    choice = os.environ.get("TORCH", "")
    if is_kept(installed_version(), choice):
        return
    requirement = f"torch=={pinned_version(constraints)}"
    index = os.environ.get("TORCH_INDEX_URL", "")
    if index:
        _say(f"Installing {requirement} from the index that TORCH_INDEX_URL names.")
        subprocess.run(_pip("--index-url", index, requirement), check=True)
    elif choice == "cuda" or _plain_build_is_cpu(requirement):
        _install_plain_build(requirement, constraints)
    else:
        _install_cpu_build(requirement, constraints, or_nothing=choice == "cpu")


def _install_plain_build(requirement: str, constraints: Path) -> None:
    _say(f"Installing {requirement}.")
    # pip takes an installed 2.13.0+cpu for 2.13.0.
    again = ["--force-reinstall"] if installed_version() else []
    subprocess.run(_pip("--constraint", str(constraints), *again, requirement), check=True)


def _install_cpu_build(requirement: str, constraints: Path, *, or_nothing: bool) -> None:
    _say(f"Installing the CPU build of {requirement} (TORCH=cuda takes the one with CUDA).")
    if _installed_with_uv(requirement):
        return
    if or_nothing:
        raise TorchChoiceError(
            f"The CPU build of {requirement} could not be had. Choose one of:\n"
            "  make … TORCH=cuda            the build of the package index, with several gigabytes of CUDA libraries\n"
            "  make … TORCH_INDEX_URL=…     an index with CPU builds (PyTorch's 'Get Started' page names it)"
        )
    _say(
        "PyTorch's index of CPU builds cannot be reached; the package index's own build is taken instead, with\n"
        "several gigabytes of CUDA libraries. (Ctrl+C, then TORCH_INDEX_URL=… for another index.)"
    )
    _install_plain_build(requirement, constraints)


def _say(message: str) -> None:
    print(message, file=sys.stderr, flush=True)


def constraints_with_installed_torch(constraints: Path, folder: Path) -> Path:
    """Write a copy of the constraints that holds torch at the build that is installed, and return its path.

    Without it pip would replace a CPU build, or a torch that was there before, by the plain one of the pinned version.
    """
    lines = [line for line in constraints.read_text(encoding="utf-8").splitlines() if not line.startswith("torch==")]
    path = folder / "srec-constraints.txt"
    path.write_text("\n".join([*lines, f"torch=={installed_version()}"]) + "\n", encoding="utf-8")
    return path
