"""Where commands write model files."""

from __future__ import annotations

import argparse
from pathlib import Path

from srec_engine.errors import FileExistsPolicyError
from srec_engine.files import resolve_existing
from srec_engine.model.file import MODEL_SUFFIX
from srec_engine.options import ExistingPolicy

__all__ = ["add_existing_argument", "model_destination", "require_model_name"]


def add_existing_argument(parser: argparse.ArgumentParser) -> None:
    """Add `--existing`, for `model_destination`."""
    parser.add_argument(
        "--existing", choices=[policy.value for policy in ExistingPolicy], default=ExistingPolicy.SKIP.value,
        help="when the model file exists: leave it and stop, rename the new one, or replace it (default: skip)",
    )  # fmt: skip


def require_model_name(path: Path, option: str) -> None:
    """Refuse a name that is none of a model file; `option` is what it was given by.

    Raises:
        argparse.ArgumentTypeError: When it is none.
    """
    if path.suffix != MODEL_SUFFIX:
        raise argparse.ArgumentTypeError(f"{option} {path}: a model file's name ends in {MODEL_SUFFIX}")


def model_destination(wanted: Path, existing: str) -> Path:
    """The file to write, given what is on the disk and what `--existing` says.

    Raises:
        FileExistsPolicyError: When it exists and is to stay.
        OutputError: When it is a folder.
    """
    destination = resolve_existing(wanted, ExistingPolicy(existing))
    if destination is None:
        raise FileExistsPolicyError(
            f"{wanted} exists, so nothing was done. Choose another name, or --existing replace."
        )
    return destination
