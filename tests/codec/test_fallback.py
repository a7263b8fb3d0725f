"""A device that fails, whenever and however, costs time and nothing else: the CPU goes on, and it is said."""

from __future__ import annotations

import io
import logging
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from srec_engine import (
    Cancelled,
    CancelToken,
    CodecOptions,
    DamagedFileError,
    EncodeOptions,
    Inspection,
    Method,
    ModelError,
    Progress,
    Stage,
    decode_file,
    decode_image,
    decode_steps,
    encode_file,
    encode_image,
    inspect_file,
    read_info,
    read_source,
    register_pillow,
    verify_file,
)
from srec_engine.codec.processor import Processor
from srec_engine.container import Reader
from tests.codec.failing_device import NAME, FailingDevice, install

FAILURE = f"{NAME} failed (device lost)"

CPU = CodecOptions("cpu")

OPTIONS = EncodeOptions(method=Method.SREC, adaptation=False, verify=False)

ERRORS = {
    "CUDA out of memory": lambda: torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB. Try"),
    "device lost": lambda: RuntimeError("device lost"),
    "operator does not exist": lambda: NotImplementedError("operator does not exist"),
    "unexpected type": lambda: TypeError("unexpected type"),
    "MemoryError": lambda: MemoryError(),
}

Installed = Callable[..., FailingDevice]


@pytest.fixture
def accelerator(monkeypatch: pytest.MonkeyPatch) -> Installed:
    """Makes an accelerator that fails at the call of that number."""

    def make(
        fails_at: int = 0, error: Callable[[], Exception] | None = None, *, own_memory: bool = False
    ) -> FailingDevice:
        return install(monkeypatch, FailingDevice(fails_at, error, own_memory=own_memory))

    return make


@pytest.fixture(scope="module")
def strip(photograph: Image.Image) -> Image.Image:
    """Three tiles, two of them of one size, too few pixels for corrections."""
    return Image.fromarray(np.tile(np.asarray(photograph)[100:124], (1, 3, 1))[:, :1070])


@pytest.fixture(scope="module")
def strip_file(strip: Image.Image) -> bytes:
    """What the CPU makes of it."""
    return encode_image(strip, replace(OPTIONS, codec=CPU)).data


@pytest.fixture(scope="module")
def corrected(photograph: Image.Image) -> Image.Image:
    """Two tiles that pay for corrections."""
    return Image.fromarray(np.tile(np.asarray(photograph)[100:164], (1, 2, 1))[:, :560])


@pytest.fixture(scope="module")
def corrected_file(corrected: Image.Image) -> bytes:
    """What the CPU makes of it."""
    data = encode_image(corrected, replace(OPTIONS, adaptation=True, codec=CPU)).data
    assert "adaptation" in read_info(data).section_bytes
    return data


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("share", [0.0, 0.4, 1.0])
def test_wherever_a_device_fails_the_file_is_the_same(
    accelerator: Installed, strip: Image.Image, strip_file: bytes, share: float, threads: int
) -> None:
    options = replace(OPTIONS, codec=CodecOptions(threads=threads))
    whole = accelerator()
    encoded = encode_image(strip, options)
    assert (encoded.data, encoded.report.device, encoded.report.fallback) == (strip_file, NAME, "")
    accelerator(1 + round(share * (len(whole.log) - 1)))
    encoded = encode_image(strip, options)
    assert (encoded.data, encoded.report.device, encoded.report.fallback) == (strip_file, "cpu", FAILURE)


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("share", [0.0, 0.5, 1.0])
def test_a_device_that_fails_during_verification_is_named_too(
    accelerator: Installed, strip: Image.Image, strip_file: bytes, share: float, threads: int
) -> None:
    options = replace(OPTIONS, codec=CodecOptions(threads=threads))
    device = accelerator()
    encode_image(strip, options)
    encoding = len(device.log)
    encode_image(strip, replace(options, verify=True))
    verifying = len(device.log) - 2 * encoding
    accelerator(encoding + 1 + round(share * (verifying - 1)))
    encoded = encode_image(strip, replace(options, verify=True))
    assert encoded.data == strip_file
    assert encoded.report.verified
    assert (encoded.report.device, encoded.report.fallback) == (NAME, FAILURE)


def test_a_device_that_fails_while_encoding_does_not_stop_verification(
    accelerator: Installed, strip: Image.Image, strip_file: bytes
) -> None:
    accelerator(30)
    encoded = encode_image(strip, replace(OPTIONS, verify=True))
    assert (encoded.data, encoded.report.fallback, encoded.report.verified) == (strip_file, FAILURE, True)


@pytest.mark.parametrize("threads", [1, 2])
def test_a_device_that_fails_while_corrections_are_searched_gives_the_same_corrections(
    accelerator: Installed, corrected: Image.Image, corrected_file: bytes, threads: int
) -> None:
    options = replace(OPTIONS, adaptation=True, codec=CodecOptions(threads=threads))
    whole = accelerator()
    assert encode_image(corrected, options).data == corrected_file
    adapting = whole.log.index("adapted") + 1
    for fails_at in (adapting // 2, adapting, adapting + 1):
        accelerator(fails_at)
        encoded = encode_image(corrected, options)
        assert (encoded.data, encoded.report.device, encoded.report.fallback) == (corrected_file, "cpu", FAILURE)


@pytest.mark.parametrize("reason", ERRORS)
def test_whatever_a_device_raises_the_cpu_goes_on(
    accelerator: Installed, strip: Image.Image, strip_file: bytes, reason: str
) -> None:
    accelerator(40, ERRORS[reason])
    encoded = encode_image(strip, OPTIONS)
    assert (encoded.data, encoded.report.fallback) == (strip_file, f"{NAME} failed ({reason})")
    accelerator(40, ERRORS[reason])
    decoded = decode_image(strip_file)
    assert decoded.image.tobytes() == strip.tobytes()
    assert (decoded.report.device, decoded.report.fallback) == ("cpu", f"{NAME} failed ({reason})")


def test_a_file_is_encoded_and_decoded_in_spite_of_the_device(
    accelerator: Installed, sample_photograph: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    expected, packed, back, again = (tmp_path / name for name in ("a.srec", "b.srec", "a.png", "b.png"))
    encode_file(sample_photograph, expected, replace(OPTIONS, codec=CPU))
    decode_file(expected, back, CPU)
    accelerator(15)
    assert encode_file(sample_photograph, packed, OPTIONS).fallback == FAILURE
    assert packed.read_bytes() == expected.read_bytes()
    accelerator(15)
    assert decode_file(packed, again).fallback == FAILURE
    assert again.read_bytes() == back.read_bytes()
    accelerator(15)
    assert verify_file(packed).fallback == FAILURE
    accelerator(15)
    assert read_source(packed)[1] == back.read_bytes()
    # A terminal shows warnings, and this comes with a traceback.
    # Another test may have turned the level down: what matters is what a terminal would show.
    assert [record.message for record in caplog.records if record.levelno >= logging.WARNING] == []


def test_progress_counts_no_tile_twice(accelerator: Installed, strip: Image.Image) -> None:
    heard: list[Progress] = []
    device = accelerator()
    encode_image(strip, replace(OPTIONS, codec=CodecOptions(threads=1)))
    accelerator(len(device.log))
    encode_image(strip, replace(OPTIONS, codec=CodecOptions(threads=1)), progress=heard.append)
    fractions = [news.fraction for news in heard if news.stage is Stage.ENCODING]
    assert fractions == sorted(set(fractions))
    assert fractions[-1] == 1.0


@pytest.mark.parametrize("own_memory", [False, True])
@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("share", [0.0, 0.3, 0.8, 1.0])
def test_wherever_a_device_fails_the_picture_is_the_same(
    accelerator: Installed, strip: Image.Image, strip_file: bytes, share: float, threads: int, own_memory: bool
) -> None:
    options = CodecOptions(threads=threads)
    whole = accelerator(own_memory=own_memory)
    decoded = decode_image(strip_file, options)
    assert (decoded.image.tobytes(), decoded.report.fallback) == (strip.tobytes(), "")
    device = accelerator(1 + round(share * (len(whole.log) - 1)), own_memory=own_memory)
    decoded = decode_image(strip_file, options)
    assert (decoded.image.tobytes(), decoded.report.fallback) == (strip.tobytes(), FAILURE)
    assert bool(device.fetches) is (own_memory and share > 0)


def test_a_device_that_cannot_take_corrections_is_replaced(
    accelerator: Installed, corrected: Image.Image, corrected_file: bytes
) -> None:
    for fails_at in (1, 2, 60):
        accelerator(fails_at, own_memory=True)
        decoded = decode_image(corrected_file)
        assert (decoded.image.tobytes(), decoded.report.fallback) == (corrected.tobytes(), FAILURE)


def test_a_region_and_every_coarser_picture_are_the_same(
    accelerator: Installed, strip: Image.Image, strip_file: bytes
) -> None:
    region = (500, 3, 530, 20)
    for fails_at, own_memory in ((1, False), (25, True), (35, False)):
        accelerator(fails_at, own_memory=own_memory)
        *_, last = decode_steps(strip_file, region=region)
        assert last.picture is not None
        assert last.report is not None
        assert (last.picture.tobytes(), last.report.fallback) == (strip.crop(region).tobytes(), FAILURE)
    expected = [step.picture.tobytes() for step in decode_steps(strip_file, CPU) if step.picture is not None]
    accelerator(50, own_memory=True)
    assert [step.picture.tobytes() for step in decode_steps(strip_file) if step.picture is not None] == expected


def test_pillow_gets_its_pixels(accelerator: Installed, strip: Image.Image, strip_file: bytes) -> None:
    register_pillow()
    accelerator(25)
    with Image.open(io.BytesIO(strip_file)) as image:
        assert image.tobytes() == strip.tobytes()
    accelerator(25)
    stream = io.BytesIO()
    strip.save(stream, "SREC", options=OPTIONS)
    assert stream.getvalue() == strip_file


def described(inspection: Inspection) -> list[bytes]:
    """All maps of all scales, and the ledger's bits."""
    parts = [
        part
        for scale in inspection.scales
        for maps in inspection.maps(scale)
        for part in (maps.pixels, maps.remainders)
    ]
    arrays = [getattr(part, field.name).tobytes() for part in parts for field in fields(part)]
    return [*arrays, repr(inspection.complete_ledger().rows).encode()]


@pytest.mark.parametrize("own_memory", [False, True])
def test_what_the_inspector_sees_is_the_same(accelerator: Installed, strip_file: bytes, own_memory: bool) -> None:
    expected = described(inspect_file(strip_file, CPU))
    whole = accelerator(own_memory=own_memory)
    inspection = inspect_file(strip_file)
    assert (described(inspection), inspection.fallback) == (expected, "")
    for fails_at in (1, len(whole.log) // 2, len(whole.log)):
        accelerator(fails_at, own_memory=own_memory)
        inspection = inspect_file(strip_file)
        assert inspection.fallback == ""
        assert (described(inspection), inspection.fallback) == (expected, FAILURE)


@pytest.mark.parametrize("own_memory", [False, True])
def test_damage_is_named_once_and_as_the_cpu_names_it(
    accelerator: Installed, strip_file: bytes, own_memory: bool
) -> None:
    damaged = bytearray(strip_file)
    damaged[strip_file.index(Reader(strip_file).chunk(1, 1)) + 20] ^= 1

    def decoded(options: CodecOptions) -> tuple[bytes, tuple[str, ...], str]:
        *_, last = decode_steps(bytes(damaged), options)
        assert last.picture is not None
        assert last.report is not None
        return last.picture.tobytes(), last.report.damage, last.report.fallback

    picture, sentences, _ = decoded(CPU)
    assert len(sentences) > 0
    whole = accelerator(own_memory=own_memory)
    decoded(CodecOptions())
    for fails_at in range(1, len(whole.log) + 1, 15):
        accelerator(fails_at, own_memory=own_memory)
        assert decoded(CodecOptions()) == (picture, sentences, FAILURE)


@pytest.mark.parametrize("error", [torch.OutOfMemoryError("CUDA out of memory"), RuntimeError("device lost")])
def test_a_device_that_fails_while_it_is_made_ready_is_named(
    monkeypatch: pytest.MonkeyPatch, strip: Image.Image, strip_file: bytes, error: Exception
) -> None:
    device = install(monkeypatch, FailingDevice(), refused=error)
    encoded = encode_image(strip, OPTIONS)
    assert (encoded.data, encoded.report.fallback) == (strip_file, f"cuda failed ({error})")
    decoded = decode_image(strip_file)
    assert (decoded.image.tobytes(), decoded.report.fallback) == (strip.tobytes(), f"cuda failed ({error})")
    assert device.log == []


def test_a_device_without_an_exact_kernel_is_no_failure_unless_it_was_asked_for(
    monkeypatch: pytest.MonkeyPatch, strip: Image.Image, strip_file: bytes
) -> None:
    install(monkeypatch, FailingDevice(), refused=ModelError("no kernel is exact there"))
    encoded = encode_image(strip, OPTIONS)
    assert (encoded.data, encoded.report.device, encoded.report.fallback) == (strip_file, "cpu", "")
    # Of torch's devices, "meta" exists everywhere.
    with pytest.raises(ModelError, match="no kernel is exact there"):
        encode_image(strip, replace(OPTIONS, codec=CodecOptions("meta")))
    with pytest.raises(ModelError, match="nonsense"):
        encode_image(strip, replace(OPTIONS, codec=CodecOptions("nonsense")))


def test_a_device_that_was_asked_for_is_replaced_too(
    accelerator: Installed, strip: Image.Image, strip_file: bytes
) -> None:
    accelerator(40)
    encoded = encode_image(strip, replace(OPTIONS, codec=CodecOptions("meta"), verify=True))
    assert (encoded.data, encoded.report.fallback) == (strip_file, FAILURE)


def test_a_device_that_was_asked_for_and_is_lost_does_not_stop_verification(
    accelerator: Installed, monkeypatch: pytest.MonkeyPatch, strip: Image.Image, strip_file: bytes
) -> None:
    device = accelerator(40)
    empty = torch.empty

    def there(*size: int, **options: Any) -> torch.Tensor:
        if options.get("device") == "meta" and device.failed:
            raise RuntimeError("device lost")
        return empty(*size, **options)

    monkeypatch.setattr(torch, "empty", there)
    encoded = encode_image(strip, replace(OPTIONS, codec=CodecOptions("meta"), verify=True))
    assert (encoded.data, encoded.report.fallback, encoded.report.verified) == (strip_file, FAILURE, True)


def test_a_device_too_full_to_keep_tiles_for_the_inspector_walks_them_again(
    accelerator: Installed, monkeypatch: pytest.MonkeyPatch, strip_file: bytes
) -> None:
    def full(_tensor: torch.Tensor) -> torch.Tensor:
        raise torch.OutOfMemoryError("CUDA out of memory.")

    expected = described(inspect_file(strip_file, CPU))
    device = accelerator(own_memory=True)
    monkeypatch.setattr(device.memory, "clone", full)
    assert described(inspect_file(strip_file)) == expected


@pytest.mark.parametrize("error", [Cancelled("stop"), DamagedFileError("damaged"), ModelError("unknown")])
def test_what_the_engine_raises_itself_is_no_failure_of_the_device(
    accelerator: Installed, strip: Image.Image, strip_file: bytes, error: Exception
) -> None:
    for work in (lambda: encode_image(strip, OPTIONS), lambda: decode_image(strip_file)):
        accelerator(30, lambda: error)
        with pytest.raises(type(error)) as raised:
            work()
        assert raised.value is error


def test_whoever_stops_the_work_stops_it_on_the_device(accelerator: Installed, strip: Image.Image) -> None:
    device = accelerator()
    token = CancelToken()

    def stop(news: Progress) -> None:
        if news.stage is Stage.ENCODING:
            token.cancel()

    with pytest.raises(Cancelled):
        encode_image(strip, replace(OPTIONS, codec=CodecOptions(threads=1)), cancel=token, progress=stop)
    assert len(device.log) < 20


def test_what_is_no_fault_of_the_device_is_raised_by_the_cpu(accelerator: Installed, strip: Image.Image) -> None:
    accelerator()

    def burst(news: Progress) -> None:
        if news.stage is Stage.ENCODING:
            raise ValueError("the caller's own")

    with pytest.raises(ValueError, match="the caller's own"):
        encode_image(strip, OPTIONS, progress=burst)


def test_without_anything_to_fall_back_to_the_error_is_raised_as_it_is(
    monkeypatch: pytest.MonkeyPatch, strip: Image.Image, strip_file: bytes
) -> None:
    error = NotImplementedError("operator does not exist")
    for work in (lambda: encode_image(strip, replace(OPTIONS, codec=CPU)), lambda: decode_image(strip_file, CPU)):
        install(monkeypatch, FailingDevice(20, lambda: error), in_place_of_cpu=True)
        with pytest.raises(NotImplementedError) as raised:
            work()
        assert raised.value is error


def test_threads_that_meet_one_failure_share_what_takes_over() -> None:
    made: list[str] = []
    together = threading.Barrier(2, timeout=20)

    class Network:
        device = "cuda"

    def on_cpu() -> Network:
        made.append("cpu")
        return Network()

    broken = Network()

    def work(network: Network) -> Network:
        if network is broken:
            together.wait()
            raise RuntimeError("device lost")
        return network

    processor = Processor(broken, on_cpu)  # type: ignore[arg-type]
    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(processor.run, (work, work))
    assert first is second is processor.network
    assert made == ["cpu"]
