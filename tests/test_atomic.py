from __future__ import annotations

import errno
import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from srec_engine.atomic import TEMPORARY_SUFFIX, atomic_write, is_temporary, write_atomically
from srec_engine.errors import Cancelled, FileExistsPolicyError, OutputError, SrecError

NEW, OLD = b"new" * 100_000, b"old" * 90_000

posix_only = pytest.mark.skipif(os.name != "posix", reason="uses signals, limits and permissions of POSIX")
not_root = pytest.mark.skipif(os.name == "posix" and os.geteuid() == 0, reason="the administrator may write anywhere")


def write_and_break_off(path: Path, error: type[BaseException]) -> None:
    with atomic_write(path) as file:
        file.write(NEW)
        raise error


def test_a_file_appears_with_all_its_bytes(tmp_path: Path) -> None:
    path = tmp_path / "a.srec"
    with atomic_write(path) as file:
        file.write(NEW)
        assert not path.exists()
        file.seek(0)
        file.write(b"N")
    assert path.read_bytes() == b"N" + NEW[1:]
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("error", [KeyboardInterrupt, Cancelled, RuntimeError, SystemExit])
def test_nothing_is_left_when_the_work_is_broken_off(tmp_path: Path, error: type[BaseException]) -> None:
    path = tmp_path / "new" / "folders" / "a.srec"
    with pytest.raises(error):
        write_and_break_off(path, error)
    assert list(tmp_path.iterdir()) == []


def test_an_older_file_stays_when_the_work_is_broken_off(tmp_path: Path) -> None:
    path = tmp_path / "a.srec"
    path.write_bytes(OLD)
    with pytest.raises(KeyboardInterrupt):
        write_and_break_off(path, KeyboardInterrupt)
    assert path.read_bytes() == OLD
    assert list(tmp_path.iterdir()) == [path]


def test_the_unfinished_file_is_private_hidden_and_recognisable(tmp_path: Path) -> None:
    with atomic_write(tmp_path / "a.srec"):
        (unfinished,) = tmp_path.iterdir()
        assert unfinished.name.startswith(".")
        assert unfinished.name.endswith(TEMPORARY_SUFFIX)
        assert is_temporary(unfinished)
        if os.name == "posix":
            assert stat.S_IMODE(unfinished.stat().st_mode) == 0o600
    assert not is_temporary(tmp_path / "a.srec")


@posix_only
@pytest.mark.parametrize("umask", [0o022, 0o077, 0o002])
def test_the_finished_file_has_the_permissions_of_any_new_file(tmp_path: Path, umask: int) -> None:
    old = os.umask(umask)
    try:
        write_atomically(tmp_path / "a.srec", NEW)
    finally:
        os.umask(old)
    assert stat.S_IMODE((tmp_path / "a.srec").stat().st_mode) == 0o666 & ~umask


@posix_only
@pytest.mark.parametrize("umask", [0o022, 0o002, 0o077])
@pytest.mark.parametrize("mode", [0o600, 0o640, 0o644, 0o444, 0o604])
def test_nobody_may_read_a_result_who_may_not_read_its_source(tmp_path: Path, umask: int, mode: int) -> None:
    source, result = tmp_path / "a.png", tmp_path / "a.srec"
    source.touch()
    source.chmod(mode)
    old = os.umask(umask)
    try:
        write_atomically(result, NEW, readable_like=source)
    finally:
        os.umask(old)
    made = stat.S_IMODE(result.stat().st_mode)
    assert made & ~(0o666 & ~umask) == 0
    readers = 0o044 & mode if mode != 0o604 else 0
    assert made & 0o044 == readers & ~umask
    assert made & 0o600 == 0o600


@posix_only
def test_a_disk_that_lets_nobody_change_rights_is_written_to_and_still_keeps_a_secret(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_descriptor: int, _mode: int) -> None:
        raise PermissionError(errno.EPERM, os.strerror(errno.EPERM))

    # CIFS, exFAT, the NTFS of another user.
    monkeypatch.setattr(os, "fchmod", refuse)
    source, result = tmp_path / "a.png", tmp_path / "a.srec"
    source.touch(mode=0o600)
    write_atomically(result, NEW)
    assert result.read_bytes() == NEW
    write_atomically(result, NEW, readable_like=source)
    assert stat.S_IMODE(result.stat().st_mode) == 0o600


@posix_only
@pytest.mark.parametrize(("number", "works"), [(errno.EINVAL, True), (errno.ENOTSUP, True), (errno.EIO, False)])
def test_only_a_disk_that_has_failed_to_keep_the_bytes_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, works: bool
) -> None:
    def fail(_descriptor: int) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "fsync", fail)
    if not works:
        with pytest.raises(OutputError):
            write_atomically(tmp_path / "a.srec", NEW)
        return
    write_atomically(tmp_path / "a.srec", NEW)
    assert (tmp_path / "a.srec").read_bytes() == NEW


def test_an_existing_file_is_replaced_only_when_that_is_allowed(tmp_path: Path) -> None:
    path = tmp_path / "a.srec"
    path.write_bytes(OLD)
    with pytest.raises(FileExistsPolicyError, match="file of that name"):
        write_atomically(path, NEW, replace=False)
    assert path.read_bytes() == OLD
    write_atomically(path, NEW)
    assert path.read_bytes() == NEW


def test_a_file_that_came_in_the_meantime_is_not_replaced(tmp_path: Path) -> None:
    path = tmp_path / "a.srec"

    def write_while_another_program_does() -> None:
        with atomic_write(path, replace=False) as file:
            file.write(NEW)
            path.write_bytes(OLD)

    with pytest.raises(FileExistsPolicyError):
        write_while_another_program_does()
    assert path.read_bytes() == OLD
    assert list(tmp_path.iterdir()) == [path]


@posix_only
def test_a_symbolic_link_stays_and_its_target_is_written(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    target, link = tmp_path / "real" / "a.srec", tmp_path / "link.srec"
    target.write_bytes(OLD)
    link.symlink_to(target)
    write_atomically(link, NEW)
    assert link.is_symlink()
    assert target.read_bytes() == NEW


def test_a_folder_in_the_way_is_an_error_that_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "a.srec").mkdir()
    (tmp_path / "file").write_bytes(OLD)
    for path in (tmp_path / "a.srec", tmp_path / "file" / "a.srec"):
        with pytest.raises(OutputError, match="Choose another"):
            write_atomically(path, NEW)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.srec", "file"]


@posix_only
@not_root
def test_a_read_only_folder_is_an_error_that_says_what_to_do(tmp_path: Path) -> None:
    folder = tmp_path / "closed"
    folder.mkdir(mode=0o500)
    with pytest.raises(OutputError, match="does not let you write"):
        write_atomically(folder / "a.srec", NEW)
    assert list(folder.iterdir()) == []


def test_a_folder_that_takes_no_files_is_an_error_that_says_what_to_do() -> None:
    folder = Path("/proc/self/fd")
    if not folder.is_dir():
        pytest.skip("this system has no folder that refuses the administrator too")
    with pytest.raises(OutputError, match="could not be written"):
        write_atomically(folder / "a.srec", NEW)


FULL_DISK = """
import resource, signal, sys
from pathlib import Path
from srec_engine.atomic import write_atomically
from srec_engine.errors import OutputError
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
try:
    write_atomically(Path(sys.argv[1]), b"n" * 300_000)
except OutputError as error:
    sys.exit(0 if "larger than this system allows" in str(error) else 3)
sys.exit(4)
"""


@posix_only
def test_a_disk_that_takes_no_more_leaves_the_older_file_and_nothing_else(tmp_path: Path, project_root: Path) -> None:
    path = tmp_path / "a.srec"
    path.write_bytes(OLD)
    subprocess.run([sys.executable, "-c", FULL_DISK, str(path)], cwd=project_root, check=True)
    assert path.read_bytes() == OLD
    assert list(tmp_path.iterdir()) == [path]


def test_a_full_disk_is_named(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="disk is full"), atomic_write(tmp_path / "a.srec"):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


ENDLESS = """
import sys
from pathlib import Path
from srec_engine.atomic import write_atomically
path = Path(sys.argv[1])
print("ready", flush=True)
while True:
    for byte in b"ab":
        write_atomically(path, bytes([byte]) * 300_000)
        print("written", flush=True)
"""


@posix_only
def test_killed_at_any_moment_the_file_is_whole(tmp_path: Path, project_root: Path) -> None:
    path = tmp_path / "a.srec"
    for number in range(15):
        command = [sys.executable, "-c", ENDLESS, str(path)]
        with subprocess.Popen(command, cwd=project_root, stdout=subprocess.PIPE) as process:
            assert process.stdout is not None
            # Some way into the work, a different one each time.
            for _ in range(2 + number):
                process.stdout.readline()
            process.send_signal(signal.SIGKILL)
        assert path.read_bytes() in (b"a" * 300_000, b"b" * 300_000)
    assert all(is_temporary(other) for other in tmp_path.iterdir() if other != path)


def test_every_failure_is_an_error_of_ours(tmp_path: Path) -> None:
    for name in ("x" * 300 + ".srec", "a\0b.srec"):
        with pytest.raises((SrecError, ValueError)):
            write_atomically(tmp_path / name, NEW)
    assert list(tmp_path.iterdir()) == []
