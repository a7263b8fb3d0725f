"""`srec-thumbnailer -s SIZE INPUT OUTPUT`: what file managers call for the picture of a `.srec` file.

The freedesktop convention: write a PNG and return 0, or write nothing and return something else.
It must be quick and careful, because it runs for every file of a folder that somebody looks at.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from srec_engine.cli.exit_codes import FAILED, OK
from srec_engine.cli.streams import Streams
from srec_engine.cli.thumbnail import pixel_count
from srec_engine.cli.thumbnails import make_thumbnail
from srec_engine.files import fault_sentence, require_regular_file

__all__ = ["main"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Write one thumbnail and return the exit code.

    Args:
        arguments: Without the program's name; None takes those of the process.
    """
    parser = argparse.ArgumentParser(prog="srec-thumbnailer", description="Write a PNG thumbnail of a .srec file.")
    parser.add_argument("-s", "--size", type=pixel_count, default=256, help="longer side in pixels (default: 256)")
    parser.add_argument("input", type=Path)
    parser.add_argument("output", type=Path)
    parsed = parser.parse_args(arguments)
    with Streams():
        try:
            require_regular_file(parsed.input)
            data, _ = make_thumbnail(parsed.input, parsed.size)
            # Not a new file in its place: Xfce's tumbler makes an empty file, keeps it open and reads from that.
            parsed.output.write_bytes(data)
        except (KeyboardInterrupt, SystemExit, GeneratorExit):
            raise
        # The boundary, as in `main`: also for what libraries in Rust raise.
        except BaseException as error:  # noqa: BLE001
            print(f"srec-thumbnailer: {fault_sentence(error, parsed.input)}", file=sys.stderr)
            return FAILED
    return OK


if __name__ == "__main__":
    sys.exit(main())
