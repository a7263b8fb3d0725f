"""Archives of packages: had by the indexes' ordinary clients, and read without writing what they say to where they say.

Nothing is unpacked. Regular files are read into memory one by one, up to a size, and the caller writes what it wants
under names of its own.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from corpus.pins import Archive, is_in_size

__all__ = ["DebianSources", "NotToBeHadError", "download_from_pypi", "files_of", "sha256_of"]

_ENDINGS = (".tar.gz", ".tar.xz", ".tar.bz2", ".zip")
_MOST_FILES = 200_000
_LONGEST_DOWNLOAD = 900
_APT_FOLDERS = ("lists/partial", "cache/archives/partial", "parts")


class NotToBeHadError(Exception):
    """An archive cannot be had here; the message says what the client said."""


def sha256_of(path: Path) -> str:
    """SHA-256 of a file, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def files_of(archive: Path) -> Iterator[tuple[str, bytes]]:
    """The regular files of a size that interests: path without the archive's own folder, and bytes."""
    if zipfile.is_zipfile(archive):
        with zipfile.ZipFile(archive) as packed:
            for item in packed.infolist()[:_MOST_FILES]:
                if not item.is_dir() and is_in_size(item.file_size):
                    yield _inside(item.filename), packed.read(item)
        return
    with tarfile.open(archive) as packed_tar:
        for number, member in enumerate(packed_tar):
            if number >= _MOST_FILES:
                return
            if not member.isfile() or not is_in_size(member.size):
                continue
            opened = packed_tar.extractfile(member)
            if opened is not None:
                yield _inside(member.name), opened.read()


def _inside(path: str) -> str:
    """The path without the folder that bears the version, and on one line."""
    return "".join(path.removeprefix("./").partition("/")[2].splitlines())


def download_from_pypi(archive: Archive, folder: Path) -> Archive:
    """Have a source distribution; a pinned one is checked before pip runs anything of it.

    Raises:
        NotToBeHadError: When pip fails, or the hash is another one.
    """
    requirement = f"{archive.name}=={archive.version}"
    wanted = folder / "requirement.txt"
    wanted.write_text(requirement + (f" --hash=sha256:{archive.sha256}" if archive.sha256 else "") + "\n")
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"]
    # Only this package has to come as a source: what it needs for being looked at may be wheels.
    command += ["--no-binary", archive.name, "--dest", str(folder), "-r", str(wanted)]
    return _downloaded(archive, folder, command)


@dataclass
class DebianSources:
    """Debian's source packages, by apt with lists of its own: those of the machine often leave sources out."""

    folder: Path
    is_ready: bool = False

    def download(self, archive: Archive, folder: Path) -> Archive:
        """Have a source package's archive in the version of this machine's release.

        Raises:
            NotToBeHadError: When apt fails and has left no archive.
        """
        if not self.is_ready:
            self._update()
        command = ["apt-get", *self._options(), "source", "--download-only", "-qq", archive.name]
        had = _downloaded(archive, folder, command)
        version = had.file_name.partition("_")[2].partition(".orig.")[0]
        return replace(had, version=archive.version or version)

    def _update(self) -> None:
        for name in _APT_FOLDERS:
            (self.folder / name).mkdir(parents=True, exist_ok=True)
        system = Path("/etc/apt")
        lists = [*system.glob("sources.list.d/*.sources"), *system.glob("sources.list.d/*.list")]
        for path in [system / "sources.list", *lists]:
            if path.is_file():
                lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
                text = "\n".join(_with_sources(line) for line in lines) + "\n"
                (self.folder / "parts" / path.name).write_text(text, encoding="utf-8")
        # A place that offers no sources makes apt fail, and does not keep it from the others.
        subprocess.run(["apt-get", *self._options(), "-qq", "update"], check=False, capture_output=True)
        self.is_ready = True

    def _options(self) -> list[str]:
        places = {
            "Dir::Etc::sourcelist": os.devnull,
            "Dir::Etc::sourceparts": self.folder / "parts",
            "Dir::State::lists": self.folder / "lists",
            "Dir::Cache": self.folder / "cache",
        }
        return [part for name, place in places.items() for part in ("-o", f"{name}={place}")]


def _with_sources(line: str) -> str:
    if line.startswith("Types:"):
        return "Types: deb-src"
    return "deb-src " + line.removeprefix("deb ") if line.startswith("deb ") else line


def _downloaded(archive: Archive, folder: Path, command: list[str]) -> Archive:
    """Run a client in a folder and find what it brought."""
    before = set(folder.iterdir())
    done = subprocess.run(
        command, cwd=folder, check=False, capture_output=True, text=True, timeout=_LONGEST_DOWNLOAD, errors="replace"
    )
    # apt fails when one of a package's files is gone, though the one that is wanted is there.
    brought = [path for path in sorted(set(folder.iterdir()) - before) if path.name.endswith(_ENDINGS)]
    originals = [path for path in brought if archive.index == "pypi" or ".orig.tar." in path.name]
    if not originals:
        said = [line for line in done.stderr.splitlines() if line.startswith(("E:", "ERROR:"))] or ["no archive came"]
        raise NotToBeHadError(f"{archive.package}: {said[-1]}")
    return replace(archive, sha256=sha256_of(originals[0]), file_name=originals[0].name)
