"""Source files as pictures: accounted for byte by byte, read, and read once more by another reader."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path

from srec_engine.accounts import (
    Account,
    Filling,
    PartKind,
    Skeleton,
    UnaccountedError,
    account_of,
    skeleton_of,
)
from srec_engine.errors import MissingDependencyError, UnsupportedImageError
from srec_engine.images.carried_metadata import carried_metadata
from srec_engine.images.opening import NOT_DECODED, Identified, check_size, identified
from srec_engine.images.picture import Picture, SourceFile, VerbatimOnlyError
from srec_engine.images.pillow_errors import READING_ERRORS
from srec_engine.images.readers import READERS
from srec_engine.limits import MAX_METADATA_BYTES

__all__ = ["AccountedFile", "FoundFile", "account_for", "find_file", "find_file_to_keep", "read_picture"]

_log = logging.getLogger(__name__)

# Beside what is carried, the container's metadata holds names, and for each part its size.
_ROOM = 1 << 16
_PART_BYTES = 9
_NO_SECOND_READER = "imagecodecs is not installed, which would have to read it a second time"

Measure = Callable[[str], AbstractContextManager[None]]


def _unmeasured(_stage: str) -> AbstractContextManager[None]:
    return nullcontext()


def read_picture(
    source: Path | bytes, name: str = "picture", measure: Measure = _unmeasured, *, twice: bool = True
) -> Picture:
    """Read an image file: account for it, read its pixels, and have a second reader see the same.

    Args:
        source: The file or its bytes.
        name: The file's name where `source` is bytes.
        measure: Is entered for "io", "account" and "second reader".
        twice: Whether the second reader is asked; only what was written here need not be doubted again.

    Returns:
        The picture with its `source` and its `skeleton`.

    Raises:
        VerbatimOnlyError: When pixels and skeleton would not be all that the file holds, or two readers disagree.
        UnsupportedImageError: When this is no image that is known, or it is too large.
        SrecError: When the file cannot be read.
    """
    return account_for(source, name, measure).picture(measure, twice=twice)


def account_for(source: Path | bytes, name: str = "picture", measure: Measure = _unmeasured) -> AccountedFile:
    """A file with its account; its pixels are not read. Arguments and errors as for `read_picture`."""
    with measure("io"):
        found = find_file(source, name)
    return found.accounted(measure)


@dataclass(frozen=True, slots=True)
class FoundFile:
    """A file that is an image, as far as it can be told before it is accounted for.

    Attributes:
        data: Its bytes; b"" where they were let go.
        source: The file.
        found: What it looks like.
    """

    data: bytes
    source: SourceFile
    found: Identified

    def accounted(self, measure: Measure = _unmeasured) -> AccountedFile:
        """The file with its account. Raises `VerbatimOnlyError` where that is not wholly known."""
        found = self.found
        try:
            with measure("account"):
                return AccountedFile(self.data, _account(self.data, found), self.source, found)
        except UnaccountedError as reason:
            raise VerbatimOnlyError(str(reason), self.source, found.mode, found.size) from reason
        except READING_ERRORS as error:
            _log.info("%s cannot be accounted for: %s", self.source.name, error)
            raise VerbatimOnlyError(NOT_DECODED, self.source, found.mode, found.size) from error

    def without_data(self) -> FoundFile:
        """The same without its bytes, which would stay in memory beside its pixels."""
        return replace(self, data=b"")


def find_file(source: Path | bytes, name: str = "picture") -> FoundFile:
    """Read a file and tell what it looks like. Arguments as for `read_picture`.

    Raises:
        UnsupportedImageError: When this is no image that is known, or it is too large.
        SrecError: When the file cannot be read.
    """
    file, data = SourceFile.read_from(source, name)
    found = identified(data, file.name)
    return FoundFile(data, replace(file, format=found.format), found)


def find_file_to_keep(source: Path | bytes, name: str = "picture") -> FoundFile:
    """Read a file of which the bytes shall be kept, whatever it is. Arguments as for `read_picture`.

    Raises:
        SrecError: When it cannot be read.
    """
    file, data = SourceFile.read_from(source, name)
    try:
        found = identified(data, file.name)
    except UnsupportedImageError:
        found = Identified("")
    return FoundFile(data, replace(file, format=found.format), found)


@dataclass(frozen=True, slots=True)
class AccountedFile:
    """A file of which every byte is accounted for.

    Attributes:
        data: Its bytes.
        account: What they are.
        source: The file.
        found: What it looked like at first.
    """

    data: bytes
    account: Account
    source: SourceFile
    found: Identified

    def picture(self, measure: Measure = _unmeasured, *, twice: bool = True) -> Picture:
        """The picture that it holds. Arguments and errors as for `read_picture`."""
        first, second = READERS[self.account.filling]
        try:
            with measure("io"):
                picture = first(self.data, self.account)
            if twice:
                with measure("second reader"):
                    second(self.data, self.account, picture)
            skeleton = _skeleton(self.data, self.account, picture, self.source)
        except UnaccountedError as reason:
            raise self._refusal(str(reason)) from reason
        except (ImportError, MissingDependencyError) as error:
            raise self._refusal(_NO_SECOND_READER) from error
        except READING_ERRORS as error:
            _log.info("%s cannot be decoded: %s", self.source.name, error)
            raise self._refusal(NOT_DECODED) from error
        metadata = carried_metadata(skeleton, picture.mode)
        return replace(picture, source=self.source, skeleton=skeleton, metadata=metadata)

    def _refusal(self, reason: str) -> VerbatimOnlyError:
        return VerbatimOnlyError(reason, self.source, self.found.mode, self.found.size)


def _account(data: bytes, found: Identified) -> Account:
    try:
        account = account_of(data, found.format)
    except UnaccountedError as reason:
        # What Pillow knows of the picture is easier to understand than what is not known of its file.
        raise UnaccountedError(found.reason or str(reason)) from reason
    check_size(account.width, account.height, f"The {account.format} file")
    carried = sum(end - start for start, end in account.places(PartKind.CARRIED))
    if carried + _PART_BYTES * len(account.parts) > MAX_METADATA_BYTES - _ROOM:
        raise UnaccountedError(f"it has more than {MAX_METADATA_BYTES} bytes of metadata")
    return account


def _skeleton(data: bytes, account: Account, picture: Picture, file: SourceFile) -> Skeleton:
    digest = file.digest if account.filling is Filling.RASTER else b""
    return skeleton_of(_with_fitting_palette(data, account, picture), data, file.name, digest)


def _with_fitting_palette(data: bytes, account: Account, picture: Picture) -> Account:
    """The account with its palette carried where the picture's own would not give it back."""
    palette = b"" if picture.palette is None else picture.palette.data
    places = account.places(PartKind.PALETTE)
    if all(data[start:end] == palette for start, end in places):
        return account
    parts = tuple(
        replace(part, kind=PartKind.CARRIED) if part.kind is PartKind.PALETTE else part for part in account.parts
    )
    return replace(account, parts=parts)
