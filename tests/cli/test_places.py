"""The commands work where a home is closed, missing or full, and what they keep there is never a reason to fail."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from srec_engine.cli import exit_codes
from tests.cli.process import environment, run, without_an_administrators_rights

pytestmark = [
    pytest.mark.skipif(os.name != "posix", reason="uses homes and rights of POSIX"),
    pytest.mark.slow,  # each compiles anew what it finds nowhere
]

HOMELESS: dict[str, str | None] = dict.fromkeys(
    ("XDG_CACHE_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CONFIG_HOME", "SREC_CACHE_DIR", "SREC_MODEL_DIR")
)
ENCODE = ("encode", "--method", "srec", "a.png", "-o", "out")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    stream = io.BytesIO()
    Image.new("RGB", (20, 10), "teal").save(stream, "PNG")
    (tmp_path / "a.png").write_bytes(stream.getvalue())
    (tmp_path / "tmp").mkdir()
    return tmp_path


def test_a_home_that_one_may_not_enter_is_done_without(folder: Path) -> None:
    prefix = without_an_administrators_rights()
    (folder / "home").mkdir(mode=0)
    changes = {**HOMELESS, "HOME": str(folder / "home"), "TMPDIR": str(folder / "tmp")}
    done = run(folder, *ENCODE, prefix=prefix, changes=changes)
    assert (done.returncode, done.stderr) == (exit_codes.OK, b"")
    # Compiled code is kept where only this user can put any.
    (kept,) = (folder / "tmp").glob("srec-desktop-*")
    assert kept.stat().st_mode & 0o077 == 0
    assert list(kept.rglob("*.nbc"))


NO_USER = """
import pwd, sys
def missing(_user):
    raise KeyError("uid not found")
pwd.getpwuid = missing
from srec_engine.cli.main import main
sys.exit(main(sys.argv[1:]))
"""


def test_a_user_whom_the_system_does_not_know_and_without_a_home_can_work(folder: Path) -> None:
    changes = {**HOMELESS, "HOME": None, "TMPDIR": str(folder / "tmp")}
    words = [sys.executable, "-c", NO_USER, *ENCODE]
    done = subprocess.run(words, cwd=folder, env=environment(changes), capture_output=True, check=False, timeout=120)
    assert (done.returncode, done.stderr) == (exit_codes.OK, b"")


def test_a_user_without_an_entry_can_work(folder: Path) -> None:
    """As the one above, with a real user: needs an administrator, and a Python that others may use."""
    prefix = ["setpriv", "--reuid=54321", "--regid=54321", "--clear-groups"]
    if shutil.which("setpriv") is None or subprocess.run([*prefix, sys.executable, "-c", ""], check=False).returncode:
        pytest.skip("nobody else may use this Python, or other users cannot be taken on here")
    folder.chmod(0o777)
    (folder / "tmp").chmod(0o777)
    changes = {**HOMELESS, "HOME": None, "TMPDIR": str(folder / "tmp")}
    done = run(folder, *ENCODE, prefix=prefix, changes=changes)
    assert (done.returncode, done.stderr) == (exit_codes.OK, b"")


def test_where_nothing_can_be_kept_the_work_is_done_all_the_same(folder: Path) -> None:
    changes = {**HOMELESS, "HOME": "/dev/null", "TMPDIR": str(folder / "tmp")}
    # Somebody else was there first, with a folder that anybody may write to: nothing in it is believed.
    planted = folder / "tmp" / f"srec-desktop-{os.geteuid()}"
    planted.mkdir()
    planted.chmod(0o777)
    done = run(folder, *ENCODE, changes=changes)
    assert (done.returncode, done.stderr) == (exit_codes.OK, b"")
    assert list(planted.iterdir()) == []
