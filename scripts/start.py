"""What `make run` does once everything is installed: open the window, or work on the sample without a display."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from srec_engine.cli.main import main as srec
from srec_engine.resources import resource_path

ROOT = Path(__file__).resolve().parent.parent
OUTPUT = ROOT / "output"


def has_display() -> bool:
    """Whether a window can be shown to somebody."""
    if sys.platform != "linux":
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def _srec(*arguments: str) -> int:
    # In this process: torch is loaded once for all of them.
    return srec(arguments)


def demonstrate() -> int:
    """Compress the sample photograph, verify the result, print where its bytes went, and bring it back."""
    sample = resource_path("sample", "chelsea.png")
    OUTPUT.mkdir(exist_ok=True)
    packed = OUTPUT / "chelsea.srec"
    print("There is no display, so no window can be opened. Working on the sample photograph instead.\n")
    steps = (
        ("encode", str(sample), "--output", str(OUTPUT), "--existing", "replace"),
        ("verify", str(packed)),
        ("info", str(packed), "--per-scale"),
        ("decode", str(packed), "--output", str(OUTPUT), "--existing", "replace"),
    )
    for step in steps:
        shown = [os.path.relpath(part) if Path(part).is_absolute() else part for part in step]
        print(f"$ srec {' '.join(shown)}", flush=True)
        status = _srec(*step)
        if status != 0:
            return status
        print(flush=True)
    print(f"The files are in {OUTPUT}. Try your own: {Path(sys.executable).parent / 'srec'} encode PICTURE …")
    return 0


def main() -> int:
    """Open the window with the files that were named, or demonstrate the codec where there is no display."""
    files = sys.argv[1:]
    if has_display():
        return subprocess.run([sys.executable, "-m", "srec_gui", *files], check=False).returncode
    if files:
        print(
            "There is no display, so no window can be opened. Compressing and opening on the command line instead.",
            flush=True,
        )
        return open_on_the_command_line(files)
    return demonstrate()


def open_on_the_command_line(files: list[str]) -> int:
    """Do with files what dropping them on the window would: `.srec` files are decoded, pictures encoded."""
    packed = [name for name in files if name.lower().endswith(".srec")]
    pictures = [name for name in files if name not in packed]
    OUTPUT.mkdir(exist_ok=True)
    status = 0
    for command, names in (("encode", pictures), ("decode", packed)):
        if names:
            status = max(status, _srec(command, *names, "--output", str(OUTPUT), "--existing", "rename"))
    print(f"The results are in {OUTPUT}.")
    return status


if __name__ == "__main__":
    sys.exit(main())
