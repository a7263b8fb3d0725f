"""Install the pinned set into the environment this runs in, once, and check the system libraries that Qt needs.

Run by scripts/bootstrap.sh with the environment's own Python. Needs the standard library only.
A stamp file remembers what was installed, so that the second run takes a moment.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import subprocess
import sys
from pathlib import Path

import install_torch
import system_libraries

ROOT = Path(__file__).resolve().parent.parent
CONSTRAINTS = ROOT / "constraints.txt"
EXTRAS = "dev,train"
INPUTS = ("pyproject.toml", "constraints.txt", "scripts/setup_environment.py", "scripts/install_torch.py")


def stamp_text() -> str:
    """What the installed set depends on, as one line: a change of any part means to install again."""
    digest = hashlib.sha256()
    for name in INPUTS:
        digest.update((ROOT / name).read_bytes())
    # The tree is installed in place, so a moved tree is another installation.
    digest.update(f"{ROOT} {sys.version} {os.environ.get('TORCH', '')}".encode())
    return digest.hexdigest()


def install_everything() -> None:
    """Install torch, then the tree itself in place with all its extras, at the pinned versions."""
    install_torch.ensure_torch(CONSTRAINTS)
    print("Installing the pinned packages (a minute or two, once).", file=sys.stderr)
    constraints = install_torch.constraints_with_installed_torch(CONSTRAINTS, Path(sys.prefix))
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--constraint", str(constraints)]
    command += ["--editable", f"{ROOT}[{EXTRAS}]"]
    environment = {**os.environ, "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    subprocess.run(command, check=True, env=environment)


def main() -> int:
    """Bring the environment up to date; 0 when the program can run in it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--no-system", action="store_true", help="do not look for the system libraries of Qt")
    arguments = parser.parse_args()
    stamp = Path(sys.prefix) / "srec-installed.txt"
    wanted = stamp_text()
    if not stamp.is_file() or stamp.read_text(encoding="utf-8") != wanted:
        try:
            install_everything()
        except subprocess.CalledProcessError as error:
            print(
                f"pip could not install the pinned packages (exit status {error.returncode}); its message is above.\n"
                "Without a network nothing can be installed; run the same command again once there is one.",
                file=sys.stderr,
            )
            return 1
        except install_torch.TorchChoiceError as error:
            print(error, file=sys.stderr)
            return 1
        stamp.write_text(wanted, encoding="utf-8")
    if not arguments.no_system:
        system_libraries.ensure()
    return 0


if __name__ == "__main__":
    sys.exit(main())
