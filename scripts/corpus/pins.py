"""What the corpus is made of: the packages, which of their files count as pictures, and the two lists of hashes.

`archives.txt` names each package's archive and its SHA-256, `pictures.txt` each picture's SHA-256, package and path. A
picture is known by its hash alone, so that a later package that still holds it serves as well.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

__all__ = ["ARCHIVE_LIST", "PICTURE_LIST", "SOURCES", "Archive", "Picture", "chosen", "is_candidate", "is_in_size"]
__all__ += ["read_archives", "read_pictures", "write_archives", "write_pictures"]

FOLDER = Path(__file__).resolve().parent
ARCHIVE_LIST = FOLDER / "archives.txt"
PICTURE_LIST = FOLDER / "pictures.txt"

LARGEST_PICTURE = 2 << 20
"""Bytes. Larger pictures say nothing more about formats and take minutes each."""

MOST_OF_A_KIND = 45
"""Pictures of one ending that are taken from one archive: no project's habits may outweigh the others."""

_ENDINGS = """
apng avif bmp btf bw cur dcx dds dib fits flc fli gif icb icns ico im j2c j2k jfif jp2 jpc jpe jpeg jpf jpg jph jpx mpo
msp pam pbm pcd pcx pfm pgm png pnm ppm psd qoi ras rgb rgba rle sgi spi tga tif tiff vda vst wal webp xbm xpm
"""
ENDINGS = frozenset(_ENDINGS.split())

_FROM_PYPI = """
filetype==1.2.0 glymur==0.14.8 imagecodecs==2026.3.6 imagesize==2.0.1 img2pdf==0.6.3 piexif==1.1.3 pillow==12.0.0
puremagic==1.30 pypng==0.20220715.0 tifftools==1.7.0
"""
_FROM_DEBIAN = """
exiv2 freeimage gdk-pixbuf giflib golang-golang-x-image graphicsmagick imagemagick jhead kimageformats leptonlib libexif
libgd2 libimage-exiftool-perl libjpeg-turbo libmetadata-extractor-java libpng1.6 libsdl2-image libstb libwebp
netpbm-free openjpeg2 tiff vips
"""

# Files that were made to harm readers, or that did: they belong to those who mend the readers, not into a corpus.
_HARMFUL = re.compile(
    r"crash|fuzz|(?:^|[^a-z])oom|cve|timeout|poc|(?:^|[^a-z])hang|bomb|overflow|overrun|oob|segfault|asan|ghsa|malform"
    r"|randomly|recursion|invalid|corrupt|(?:^|/)fail/|(?:^|[^a-z])dos|(?:^|[^a-z])issue[-_]?\d",
    re.IGNORECASE,
)
# Raw samples and makefiles, which end like files of Silicon Graphics, and texts about pictures.
_NO_PICTURE = re.compile(
    r"gif-test-suite/.*\.rgba$|giflib.*\.rgb$|expected-txt/|(?:^|/)(?:makefile|readme)\.", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Archive:
    """A package's archive.

    Attributes:
        sha256: In hex; "" while it is not pinned.
        index: "pypi" or "debian".
        name, version: As that index names them; for Debian the version of the program, without Debian's revision.
        file_name: Of the archive; "" while it is not pinned.
    """

    sha256: str
    index: str
    name: str
    version: str
    file_name: str = ""

    @property
    def package(self) -> str:
        """As in the lists: "debian/tiff==4.5.0"."""
        return f"{self.index}/{self.name}=={self.version}"


@dataclass(frozen=True, slots=True, order=True)
class Picture:
    """A picture of an archive: hash, package as `Archive.package` says it, and path without the archive's folder."""

    sha256: str
    package: str
    path: str

    @property
    def file_name(self) -> str:
        """A name no other picture of the corpus has, with the ending of the original."""
        return self.sha256[:12] + "-" + re.sub(r"[^A-Za-z0-9._+-]", "_", PurePosixPath(self.path).name)


def _sources() -> Iterable[Archive]:
    for pair in _FROM_PYPI.split():
        name, _, version = pair.partition("==")
        yield Archive("", "pypi", name, version)
    for name in _FROM_DEBIAN.split():
        yield Archive("", "debian", name, "")


SOURCES = tuple(_sources())
"""What `fetch.py --pin` looks into. PyPI keeps every version; Debian offers what its release holds."""


def is_candidate(path: str) -> bool:
    """Whether a file of an archive may become part of the corpus, by its path."""
    ending = PurePosixPath(path).suffix.lower().lstrip(".")
    return ending in ENDINGS and not _HARMFUL.search(path) and not _NO_PICTURE.search(path)


def is_in_size(size: int) -> bool:
    """Whether a file of that many bytes may become part of the corpus."""
    return 0 < size <= LARGEST_PICTURE


def chosen(pictures: Iterable[Picture]) -> list[Picture]:
    """One picture for each hash, and of each archive and ending the first ones by hash, which prefers none."""
    taken: set[str] = set()
    kinds: Counter[tuple[str, str]] = Counter()
    result = []
    for picture in sorted(pictures):
        kind = (picture.package, PurePosixPath(picture.path).suffix.lower())
        if picture.sha256 not in taken and kinds[kind] < MOST_OF_A_KIND:
            taken.add(picture.sha256)
            kinds[kind] += 1
            result.append(picture)
    return result


def _lines(path: Path) -> list[str]:
    lines = path.read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def read_archives(path: Path = ARCHIVE_LIST) -> list[Archive]:
    """The pinned archives."""
    archives = []
    for line in _lines(path):
        sha256, package, file_name = line.split(" ", 2)
        index, _, pinned = package.partition("/")
        name, _, version = pinned.partition("==")
        archives.append(Archive(sha256, index, name, version, file_name))
    return archives


def read_pictures(path: Path = PICTURE_LIST) -> list[Picture]:
    """The pinned pictures."""
    rows = (line.split(" ", 2) for line in _lines(path))
    return [Picture(sha256, package, inside) for sha256, package, inside in rows]


def write_archives(archives: Iterable[Archive], path: Path = ARCHIVE_LIST) -> None:
    """Write the list of archives, by name."""
    rows = sorted((archive.package, archive.sha256, archive.file_name) for archive in archives)
    text = "".join(f"{sha256} {package} {file_name}\n" for package, sha256, file_name in rows)
    path.write_text("# SHA-256, package, archive. Written by fetch.py --pin.\n" + text, encoding="utf-8")


def write_pictures(pictures: Iterable[Picture], path: Path = PICTURE_LIST) -> None:
    """Write the list of pictures, by package and path."""
    rows = sorted((picture.package, picture.path, picture.sha256) for picture in pictures)
    text = "".join(f"{sha256} {package} {inside}\n" for package, inside, sha256 in rows)
    path.write_text("# SHA-256, package, path inside. Written by fetch.py --pin.\n" + text, encoding="utf-8")
