"""A method is one module: what each has to have, and that nothing else has to know of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from srec_engine import EncodeOptions, Method, UnsupportedImageError, encode_file, method_words
from srec_engine.codec.methods import BY_PREFERENCE, HoldingMethod, holding_method
from srec_engine.container import Contents, FilePayload, Reader, WebPPayload, container_bytes

METHODS = Path(__file__).resolve().parents[2] / "srec_engine" / "codec" / "methods"


def test_every_method_is_a_module_of_its_name_and_is_tried() -> None:
    modules = {path.stem for path in METHODS.glob("*.py")} - {"__init__", "method"}
    assert modules == {method.value for method in Method}
    assert sorted(BY_PREFERENCE) == sorted(Method)


@pytest.mark.parametrize("method", Method)
def test_a_method_does_all_that_is_asked_of_one_and_speaks_for_itself(method: Method) -> None:
    assert isinstance(holding_method(method), HoldingMethod)
    words = method_words(method)
    assert words is holding_method(method).words
    assert all((words.label, words.title, words.how, words.sentence))


def test_the_words_of_no_two_methods_are_the_same() -> None:
    assert len({method_words(method).label for method in Method}) == len(Method)
    assert len({method_words(method).title for method in Method}) == len(Method)


def test_a_methods_number_in_the_format_never_changes() -> None:
    numbers = {"srec": 0, "webp": 1, "verbatim": 2, "jpeg": 3}
    assert [method.value for method in Method] == list(numbers)
    for method in Method:
        if method is not Method.SREC:
            payload = FilePayload("a", b"", method) if method.holds_file else WebPPayload(b"")
            data = container_bytes(Contents("RGB", 1, 1, payload, bytes(16)))
            assert data[10] == numbers[method.value]
            assert Reader(data).header.method is method


WHO_NAMES_A_METHOD = {
    "options.py": "the table",
    "codec/methods/__init__.py": "bytes are the last resort",
    "codec/encode.py": "bytes can always be kept: what everything falls back to",
    "codec/subject.py": "what shall be kept as it is may be anything",
    "codec/checking.py": "likewise",
    "codec/exporting.py": "JPEG XL is made of what this method holds",
    "container/contents.py": "the payloads' own",
    "container/header.py": "fields of the network",
    "container/reader.py": "sections of the network",
    "images/planes.py": "planes beside the network's colours",
    "reports.py": "a kept file may be of an unknown size",
    "analysis/opening.py": "which inspection is for a file",
    "analysis/inspection.py": "the parts of a JPEG; coding anew with the network",
    "benchmark/codecs.py": "the network is what is measured",
    "benchmark/jpeg_codecs.py": "files that were kept are counted",
    "training/integer_evaluation.py": "likewise",
    "cli/check.py": "the shortest answer",
}


def test_another_method_needs_its_module_and_its_line_and_nothing_else() -> None:
    engine = METHODS.parents[1]
    naming = {
        path.relative_to(engine).as_posix()
        for path in engine.rglob("*.py")
        if any(f"Method.{method.name}" in path.read_text(encoding="utf-8") for method in Method)
    }
    own = {f"codec/methods/{method.value}.py" for method in Method}
    assert naming <= own | set(WHO_NAMES_A_METHOD)


def test_what_a_method_refuses_it_refuses_with_a_reason_and_advice(sample_photograph: Path, tmp_path: Path) -> None:
    with pytest.raises(UnsupportedImageError, match=r"method jpeg: it is no JPEG\. Let the method be chosen"):
        encode_file(sample_photograph, tmp_path / "a.srec", EncodeOptions(method=Method.JPEG))
