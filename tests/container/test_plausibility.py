"""Files that announce far more pixels than their bytes hold: a few kilobytes must not cost hours."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from srec_engine import (
    CodecOptions,
    EncodeOptions,
    Method,
    decode_image,
    decode_steps,
    encode_image,
    inspect_file,
    limits,
    read_info,
    read_preview,
    register_pillow,
)
from srec_engine.cli.main import main
from srec_engine.container import (
    Contents,
    Geometry,
    NetworkPayload,
    Reader,
    container_bytes,
    is_plausible_size,
    require_plausible_size,
)
from srec_engine.errors import DamagedFileError, ModelError, UnsupportedImageError
from tests.container.examples import CHECKSUM, MODEL_ID, verbatim_contents, webp_contents

SCALES = 5


def announcing(width: int, height: int, chunk_bytes: int = 0) -> bytes:
    """A file of method `srec` that is right in everything but that its chunks hold next to nothing."""
    geometry = Geometry(width, height, SCALES)
    chunks = [bytes(chunk_bytes)] * geometry.chunk_count
    payload = NetworkPayload(MODEL_ID, np.zeros((*geometry.base_size, 3), np.uint8), chunks, SCALES, 512)
    return container_bytes(Contents("RGB", width, height, payload, CHECKSUM))


BOMB = announcing(1 << 15, 1 << 14)


def test_the_largest_picture_can_be_announced_in_82_kilobytes_which_is_refused() -> None:
    assert len(BOMB) < 83_000
    with pytest.raises(DamagedFileError, match=rf"32768 x 16384 pixels, of which only {len(BOMB)} bytes.*--trusted"):
        require_plausible_size(Reader(BOMB))


def test_small_pictures_and_those_with_a_byte_for_1024_pixels_pass() -> None:
    assert is_plausible_size(1 << 13, 1 << 12, 0)
    assert not is_plausible_size((1 << 13) + 1, 1 << 12, 1 << 15)
    assert is_plausible_size(1 << 13, 1 << 13, 1 << 16)
    assert not is_plausible_size(1 << 13, 1 << 13, (1 << 16) - 1)
    for contents in (webp_contents(), verbatim_contents()):
        require_plausible_size(Reader(container_bytes(contents)))


def test_only_the_bytes_that_are_here_count_and_none_behind_the_picture() -> None:
    whole = announcing(1 << 14, 1 << 13, chunk_bytes=60)
    require_plausible_size(Reader(whole))
    with pytest.raises(DamagedFileError, match=r"cut off\. Fetch the file again"):
        require_plausible_size(Reader(whole[: len(whole) // 2]))
    with pytest.raises(DamagedFileError, match="keep machines busy"):
        require_plausible_size(Reader(BOMB + bytes(1 << 20)))


@pytest.mark.parametrize("data", [BOMB, BOMB[:-10]], ids=["whole", "cut off"])
def test_nothing_is_decoded_of_it_but_what_costs_little(data: bytes) -> None:
    assert read_info(data).width == 1 << 15
    assert max(read_preview(data).size) <= 1 << 10
    with pytest.raises(DamagedFileError, match="announces"):
        decode_image(data)
    with pytest.raises(DamagedFileError, match="announces"):
        next(iter(decode_steps(data, region=(0, 0, 5, 5))))
    with pytest.raises(DamagedFileError, match="announces"):
        next(iter(inspect_file(data).maps(0, [0])))


def test_a_person_who_trusts_it_gets_past_the_limit() -> None:
    with pytest.raises(ModelError, match="not installed"):
        decode_image(BOMB, CodecOptions(trusted=True))
    with pytest.raises(ModelError, match="not installed"):
        next(iter(inspect_file(BOMB, CodecOptions(trusted=True)).maps(0, [0])))


@pytest.mark.parametrize("command", ["decode", "verify", "inspect"])
def test_the_commands_say_so_and_can_be_told_to_trust(
    command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "bomb.srec").write_bytes(BOMB)
    options = ["--out", str(tmp_path / "out"), "--scale", "4"] if command == "inspect" else []
    words = [command, str(tmp_path / "bomb.srec"), *options]
    assert main(words) != 0
    assert "bomb.srec announces 32768 x 16384 pixels" in capsys.readouterr().err
    assert main([*words, "--trusted"]) != 0
    assert "which is not installed here" in capsys.readouterr().err


def test_pillow_refuses_it_as_it_refuses_damaged_files() -> None:
    register_pillow()
    with (
        Image.open(io.BytesIO(announcing(1 << 13, (1 << 12) + 512))) as image,
        pytest.raises(OSError, match="announces"),
    ):
        image.load()


def test_nothing_is_written_that_a_reader_would_refuse(monkeypatch: pytest.MonkeyPatch) -> None:
    picture = Image.fromarray(np.random.default_rng(1).integers(0, 256, (30, 40, 3), np.uint8))
    monkeypatch.setattr(limits, "FREE_NETWORK_PIXELS", 0)
    monkeypatch.setattr(limits, "NETWORK_PIXELS_PER_BYTE", 0)
    assert encode_image(picture).report.method == Method.WEBP
    with pytest.raises(UnsupportedImageError, match=r"40 x 30 pixels.*Let the method be chosen"):
        encode_image(picture, EncodeOptions(method=Method.SREC))
