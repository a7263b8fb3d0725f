from __future__ import annotations

import io
import shutil
import threading
from pathlib import Path

import pytest
from PIL import Image
from pytestqt.qtbot import QtBot

from srec_engine import encode_file, encode_image
from srec_gui.engine import (
    CancelToken,
    CodecOptions,
    DamagedFileError,
    EncodeOptions,
    Method,
    NotSrecError,
    SrecEngine,
)
from srec_gui.view.document import Document, State
from srec_gui.view.information import describe
from srec_gui.view.loader import Loader
from srec_gui.view.loading import CannotShowError, TooLargeToPreloadError, open_document, refine_document
from srec_gui.view.status import state_text
from srec_gui.worker import Worker
from tests.gui.view.conftest import PICTURES
from tests.gui.view.fake_engine import FakeEngine, write_fake


def opened(path: Path, **limits: int) -> Document:
    return open_document(path, FakeEngine(), CancelToken(), lambda _value: None, **limits)


def loader_of(worker: Worker, engine: FakeEngine) -> Loader:
    return Loader(worker, engine, CodecOptions)


@pytest.mark.parametrize(
    "name", ["chelsea.png", "rocket.jpg", "multipage.tif", "no_time_for_that_tiny.gif", "moon.png"]
)
def test_ordinary_pictures_are_opened_whole(name: str) -> None:
    document = opened(PICTURES / name)
    assert document.state is State.COMPLETE
    assert document.picture is not None
    with Image.open(PICTURES / name) as image:
        assert document.picture.original.tobytes() == image.copy().tobytes()


def rows_of(document: Document) -> dict[str, str]:
    return {row.label: row.value for section in describe(document) for row in section.rows}


def test_the_panel_says_what_would_become_of_an_ordinary_picture_and_why(tmp_path: Path) -> None:
    photograph = (PICTURES / "chelsea.png").read_bytes()
    longer = tmp_path / "longer.png"
    longer.write_bytes(photograph + b"PK and an archive")
    bitmap = tmp_path / "plain.bmp"
    with Image.open(io.BytesIO(photograph)) as image:
        image.convert("RGB").save(bitmap)
    photographs = rows_of(opened(PICTURES / "chelsea.png"))
    assert photographs["As .srec"].startswith("By its pixels, 5.")
    assert photographs["Comes back"] == "PNG, complete"
    assert "17 bytes behind its end" in rows_of(opened(longer))["As .srec"]
    assert rows_of(opened(bitmap))["Comes back"] == "Byte for byte"
    assert "JPEG" in rows_of(opened(PICTURES / "rocket.jpg"))["As .srec"]


def test_the_panel_says_what_comes_back_of_a_srec(tmp_path: Path) -> None:
    expected = {"chelsea.png": "PNG, complete", "rocket.jpg": "Byte for byte"}
    for name, text in expected.items():
        packed = tmp_path / f"{name}.srec"
        encode_file(PICTURES / name, packed, EncodeOptions(verify=False, adaptation=False))
        document = open_document(packed, SrecEngine(), CancelToken(), lambda _value: None)
        rows = rows_of(document)
        assert rows["Original name"] == name
        assert rows["Comes back"].startswith(text)


def test_the_pixels_of_a_file_with_several_pictures_do_not_depend_on_the_file_any_more(tmp_path: Path) -> None:
    path = Path(shutil.copy(PICTURES / "no_time_for_that_tiny.gif", tmp_path / "a.gif"))
    document = opened(path)
    assert document.facts is not None
    assert document.facts.frames > 1
    path.unlink()
    assert document.picture is not None
    assert document.picture.pixel(0, 0) is not None
    assert not hasattr(document.picture.original, "fp")


def test_a_large_jpeg_is_shown_reduced_first(tmp_path: Path, photograph: Image.Image) -> None:
    path = tmp_path / "large.jpg"
    photograph.resize((3200, 2400)).save(path)
    reported: list[object] = []
    document = open_document(path, FakeEngine(), CancelToken(), reported.append)
    first = reported[0]
    assert isinstance(first, Document)
    assert first.picture is not None
    assert (first.state, first.picture.width, first.picture.height) == (State.REFINING, 3200, 2400)
    assert first.picture.original.width < 1600
    assert document.state is State.COMPLETE


def test_a_srec_shows_its_base_and_then_every_scale(tmp_path: Path, photograph: Image.Image) -> None:
    path = write_fake(tmp_path / "a.srec", photograph, scales=3)
    engine = FakeEngine()
    base = open_document(path, engine, CancelToken(), lambda _value: None)
    assert base.state is State.REFINING
    assert base.picture is not None
    assert base.picture.scale == 3
    assert engine.decoded == []
    reported: list[object] = []
    done = refine_document(base, engine, CodecOptions(), CancelToken(), reported.append)
    scales = [value.picture.scale for value in reported if isinstance(value, Document) and value.picture is not None]
    assert scales == [3, 2, 1]
    assert done.state is State.COMPLETE
    assert done.picture is not None
    assert done.picture.original.tobytes() == photograph.tobytes()
    assert done.facts is not None
    assert done.facts.report is not None


def test_a_device_that_failed_is_named_below_the_picture(tmp_path: Path, photograph: Image.Image) -> None:
    path = write_fake(tmp_path / "a.srec", photograph, scales=3)
    engine = FakeEngine()
    engine.fallback = "cuda failed (CUDA out of memory)"
    base = open_document(path, engine, CancelToken(), lambda _value: None)
    done = refine_document(base, engine, CodecOptions(), CancelToken(), lambda _value: None)
    assert done.state is State.COMPLETE
    text, _ = state_text(done)
    assert text.endswith("decoded by the CPU, since cuda failed (CUDA out of memory)")
    engine.fallback = ""
    again = refine_document(base, engine, CodecOptions(), CancelToken(), lambda _value: None)
    assert again.note == ""


@pytest.mark.parametrize("error", [DamagedFileError("It is damaged."), RuntimeError("CUDA out of memory")])
def test_nothing_is_tried_again(tmp_path: Path, photograph: Image.Image, error: Exception) -> None:
    path = write_fake(tmp_path / "a.srec", photograph, scales=3)
    engine = FakeEngine()
    engine.failures = [error]
    base = open_document(path, engine, CancelToken(), lambda _value: None)
    with pytest.raises(type(error)):
        refine_document(base, engine, CodecOptions(), CancelToken(), lambda _value: None)
    assert engine.devices == ["auto"]


def test_the_panel_says_how_much_of_a_file_is_missing(tmp_path: Path, photograph: Image.Image) -> None:
    path = tmp_path / "a.srec"
    whole = encode_image(photograph, EncodeOptions(method=Method.SREC, adaptation=False, verify=False)).data
    path.write_bytes(whole[:-2000])
    document = open_document(path, SrecEngine(), CancelToken(), lambda _value: None)
    rows = {row.label: row.value for section in describe(document) for row in section.rows}
    assert rows["Missing"] == "2.0 kB, the file is cut off"


def test_a_srec_that_breaks_off_shows_what_arrived_and_says_what_is_missing(
    qtbot: QtBot, worker: Worker, tmp_path: Path, photograph: Image.Image
) -> None:
    path = write_fake(tmp_path / "a.srec", photograph, scales=3, ends_at=2)
    loader = loader_of(worker, FakeEngine())
    loader.open(path)
    qtbot.waitUntil(lambda: not loader.loading)
    done = loader.document
    assert done is not None
    assert done.state is State.DAMAGED
    assert "cut off" in done.damage[0]
    assert done.picture is not None
    assert done.picture.scale == 2


def test_a_turned_srec_is_upright_from_its_base_on(tmp_path: Path, photograph: Image.Image) -> None:
    photograph.getexif()[0x0112] = 6
    path = write_fake(tmp_path / "a.srec", photograph, scales=3)
    reported: list[object] = []
    base = open_document(path, FakeEngine(), CancelToken(), reported.append)
    done = refine_document(base, FakeEngine(), CodecOptions(), CancelToken(), reported.append)
    documents = [base, *(value for value in reported if isinstance(value, Document)), done]
    assert len(documents) == 5
    for document in documents:
        assert document.picture is not None
        assert (document.picture.width, document.picture.height) == (400, 600)
        assert document.picture.levels[0].width() < document.picture.levels[0].height()


def test_a_motorola_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "firmware.srec"
    path.write_bytes(b"S00600004844521B\n")
    with pytest.raises(NotSrecError, match="Motorola"):
        opened(path)


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"hello", "not a picture"), (b"", "not a picture"), (None, "not there any more")],
)
def test_what_is_no_picture_says_so(tmp_path: Path, content: bytes | None, words: str) -> None:
    path = tmp_path / "a.png"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(CannotShowError, match=words):
        opened(path)


@pytest.mark.parametrize("name", ["chelsea.png", "rocket.jpg"])
def test_a_truncated_ordinary_picture_shows_what_arrived(tmp_path: Path, name: str) -> None:
    data = (PICTURES / name).read_bytes()
    path = tmp_path / name
    path.write_bytes(data[: len(data) // 2])
    document = opened(path)
    assert document.state is State.DAMAGED
    assert name in document.damage[0]
    assert document.picture is not None
    with Image.open(PICTURES / name) as whole:
        top = whole.convert("RGB").getpixel((100, 10))
    pixel = document.picture.pixel(100, 10)
    assert pixel is not None
    assert pixel.values == top


def test_a_picture_that_claims_to_be_gigantic_is_refused_before_anything_is_allocated(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    Image.new("L", (1, 1)).save(buffer, "PNG")
    data = bytearray(buffer.getvalue())
    data[16:24] = (200_000).to_bytes(4, "big") * 2
    import zlib

    data[29:33] = zlib.crc32(data[12:29]).to_bytes(4, "big")
    path = tmp_path / "bomb.png"
    path.write_bytes(data)
    with pytest.raises(CannotShowError, match="megapixels"):
        opened(path)


def test_pictures_above_the_limit_are_not_opened_ahead(photograph: Image.Image, tmp_path: Path) -> None:
    photograph.save(tmp_path / "a.png")
    with pytest.raises(TooLargeToPreloadError):
        opened(tmp_path / "a.png", max_pixels=1000)
    with pytest.raises(TooLargeToPreloadError):
        opened(write_fake(tmp_path / "a.srec", photograph), max_pixels=1000)


def test_the_newest_request_wins_and_the_older_one_is_stopped(
    qtbot: QtBot, worker: Worker, tmp_path: Path, photograph: Image.Image
) -> None:
    engine = FakeEngine(held=True)
    first, second = (write_fake(tmp_path / f"{name}.srec", photograph) for name in "ab")
    loader = loader_of(worker, engine)
    loader.open(first)
    qtbot.waitUntil(lambda: engine.decoded == ["a.srec"])
    loader.open(second)
    shown: list[Path] = []
    loader.changed.connect(lambda: shown.append(loader.document.path if loader.document else Path()))
    qtbot.waitUntil(lambda: engine.cancelled == ["a.srec"])
    engine.let_go(99)
    qtbot.waitUntil(lambda: loader.document is not None and loader.document.state is State.COMPLETE)
    assert set(shown) == {second}
    loader.close()


def test_neighbours_are_opened_ahead_and_are_there_at_once(qtbot: QtBot, worker: Worker, folder: Path) -> None:
    engine = FakeEngine()
    loader = loader_of(worker, engine)
    names = ["View 2.png", "view 9.png", "view 10.jpg"]
    loader.open(folder / names[0])
    loader.preload(tuple(folder / name for name in names[1:]))
    qtbot.waitUntil(lambda: not worker.busy and loader.document is not None and loader.document.settled)
    qtbot.waitUntil(lambda: not worker.busy)
    for name in names[1:]:
        loader.open(folder / name)
        assert loader.document is not None
        assert loader.document.state is State.COMPLETE, name
    loader.close()


def test_opening_ahead_is_stopped_when_the_person_jumps_elsewhere(
    qtbot: QtBot, worker: Worker, tmp_path: Path, photograph: Image.Image
) -> None:
    engine = FakeEngine(held=True)
    shown, ahead, elsewhere = (write_fake(tmp_path / f"{name}.srec", photograph) for name in "abc")
    loader = loader_of(worker, engine)
    loader.open(shown)
    loader.preload((ahead,))
    engine.let_go(5)
    qtbot.waitUntil(lambda: engine.decoded == ["a.srec", "b.srec"])
    loader.open(elsewhere)
    qtbot.waitUntil(lambda: engine.cancelled == ["b.srec"])
    engine.let_go(99)
    qtbot.waitUntil(lambda: not loader.loading)
    assert loader.document is not None
    assert loader.document.path == elsewhere
    loader.close()


def test_a_picture_being_opened_ahead_is_taken_over_and_not_begun_again(
    qtbot: QtBot, worker: Worker, tmp_path: Path, photograph: Image.Image
) -> None:
    engine = FakeEngine(held=True)
    shown, ahead = (write_fake(tmp_path / f"{name}.srec", photograph) for name in "ab")
    loader = loader_of(worker, engine)
    loader.open(shown)
    loader.preload((ahead,))
    engine.let_go(5)
    qtbot.waitUntil(lambda: engine.decoded == ["a.srec", "b.srec"])
    loader.open(ahead)
    engine.let_go(99)
    qtbot.waitUntil(lambda: not loader.loading)
    assert engine.decoded == ["a.srec", "b.srec"]
    assert engine.cancelled == []
    loader.close()


def test_a_picture_too_large_to_open_ahead_is_opened_when_it_is_asked_for(
    qtbot: QtBot, worker: Worker, tmp_path: Path, photograph: Image.Image, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("srec_gui.view.loader._AHEAD_PIXELS", 1000)
    photograph.save(tmp_path / "a.png")
    photograph.save(tmp_path / "b.png")
    loader = loader_of(worker, FakeEngine())
    loader.open(tmp_path / "a.png")
    loader.preload((tmp_path / "b.png",))
    qtbot.waitUntil(lambda: not loader.loading and not worker.busy)
    loader.open(tmp_path / "b.png")
    qtbot.waitUntil(lambda: not loader.loading)
    assert loader.document is not None
    assert loader.document.state is State.COMPLETE
    loader.close()


def test_what_pillow_decodes_does_not_wait_behind_the_engine(
    qtbot: QtBot, worker: Worker, tmp_path: Path, photograph: Image.Image
) -> None:
    gate = threading.Event()
    busy = worker.submit(lambda _cancel, _report: gate.wait(20), lane="engine")
    loader = loader_of(worker, FakeEngine())
    loader.open(write_fake(tmp_path / "a.srec", photograph, method=Method.WEBP))
    qtbot.waitUntil(lambda: loader.document is not None and loader.document.state is State.COMPLETE)
    assert not busy.done
    gate.set()
    loader.close()


def test_whoever_leafs_through_sees_bases_and_starts_the_network_only_where_they_stay(
    qtbot: QtBot, worker: Worker, tmp_path: Path, photograph: Image.Image
) -> None:
    engine = FakeEngine()
    loader = loader_of(worker, engine)
    for name in "abc":
        path = write_fake(tmp_path / f"{name}.srec", photograph)
        with qtbot.waitSignal(loader.changed):
            loader.open(path)
        with qtbot.waitSignal(loader.changed):
            pass
        assert loader.document is not None
        assert loader.document.picture is not None
        assert loader.loading
        assert engine.decoded == []
    qtbot.waitUntil(lambda: not loader.loading)
    assert engine.decoded == ["c.srec"]
    loader.close()
