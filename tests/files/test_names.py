"""What results are called: as their sources were, no two alike on any disk, none in a source's place."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from srec_engine import ExistingPolicy, ResultNames, result_name
from srec_engine.files import group_name, name_key, output_path

OUT = Path("/out")


@pytest.mark.parametrize(
    "name",
    [
        "photo.PNG",
        "scan",
        "party.gif~",
        "print.jpg_orig",
        "fax.tif (1)",
        "a (1).png",
        "x.tar.png",
        "Ä b.JPEG",
        "a.srec",
    ],
)
@pytest.mark.parametrize("number", ["", " (1)", " (12)"])
def test_what_encoding_has_named_comes_back_under_the_very_name_of_its_source(name: str, number: str) -> None:
    packed = output_path(Path(name), f"{number}.srec")
    assert result_name(packed, name) == name


@pytest.mark.parametrize(
    ("packed", "stored", "expected"),
    [
        ("holiday.srec", "IMG_1.JPG", "holiday.JPG"),
        ("holiday.srec", "scan", "holiday"),
        ("holiday.srec", "party.gif~", "holiday.gif~"),
        ("HOLIDAY.SREC", "holiday.tif", "holiday.tif"),
        ("holiday", "IMG_1.JPG", "holiday.JPG"),
        ("a.png.srec", "a.png", "a.png.png"),
        (".hidden.srec", "hidden", ".hidden"),
        ("con.srec", "_con.png", "con.png"),
        ("caf\udce9.srec", "caf.png", "caf\udce9.png"),
    ],
)
def test_a_srec_that_was_renamed_gives_its_new_name_with_the_old_ending(
    packed: str, stored: str, expected: str
) -> None:
    assert result_name(Path(packed), stored) == expected


def test_a_chosen_format_gives_its_own_ending_and_an_unknown_source_a_png() -> None:
    assert result_name(Path("in/print.srec"), "print.jpg_orig", "tiff") == "print.tiff"
    assert result_name(Path("in/print.srec"), None) == "print.png"
    assert result_name(Path("in/print (1).srec"), "", "webp") == "print (1).webp"


@pytest.mark.parametrize("stored", ["../../etc/passwd", "/etc/passwd", "..", ".", "", "a/..", "C:\\x\\y.png", "a\0b"])
def test_no_name_inside_a_file_leads_to_another_folder(stored: str) -> None:
    name = result_name(Path("in/b.srec"), stored)
    assert (OUT / name).parent == OUT
    assert name not in ("", ".", "..")
    assert not set(name) & set("/\\\0")


@given(st.text(max_size=12))
def test_whatever_a_file_says_its_result_is_called_it_is_a_plain_name(stored: str) -> None:
    assert Path(result_name(Path("in/b.srec"), stored)).name == result_name(Path("in/b.srec"), stored)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Cat", "cat"),
        ("é", unicodedata.normalize("NFD", "é")),
        ("É", unicodedata.normalize("NFD", "é")),
        ("STRASSE", "straße"),
        ("ΣΑΣ", "σας"),
        ("a\u200db", "ab"),
        ("heart\ufe0f", "heart"),
        ("K", "k"),
    ],
)
def test_names_that_a_disk_takes_for_one_have_one_key(one: str, other: str) -> None:
    assert name_key(one) == name_key(other)


def test_names_that_every_disk_tells_apart_have_two_keys() -> None:
    assert len({name_key(name) for name in ("cat", "cat (1)", "cät", "cats", "c at", "ca\udce9t")}) == 6


@pytest.mark.parametrize("policy", list(ExistingPolicy))
def test_namesakes_get_numbers_whatever_their_case_and_the_same_in_every_run(
    tmp_path: Path, policy: ExistingPolicy
) -> None:
    sources = [tmp_path / name for name in ("Cat.png", "cat.jpg", "CAT.tif")]
    for _ in range(2):
        names = ResultNames(sources)
        chosen = [names.choose(source, output_path(source, ".srec"), policy) for source in sources]
        assert [path and path.name for path in chosen] == ["Cat.srec", "cat (1).srec", "CAT (2).srec"]


def test_a_batch_that_is_run_again_replaces_its_own_results_and_makes_no_more(tmp_path: Path) -> None:
    sources = [tmp_path / name for name in ("cat.png", "cat.jpg")]
    for _ in range(2):
        names = ResultNames(sources)
        for source in sources:
            chosen = names.choose(source, output_path(source, ".srec"), ExistingPolicy.REPLACE)
            assert chosen is not None
            chosen.touch()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["cat (1).srec", "cat.srec"]


def test_a_source_that_is_tried_again_keeps_its_name(tmp_path: Path) -> None:
    names = ResultNames()
    first, second = tmp_path / "a.png", tmp_path / "A.jpg"
    wanted = [names.name(source, output_path(source, ".srec")) for source in (first, second)]
    assert [names.name(source, output_path(source, ".srec")) for source in (second, first)] == wanted[::-1]


@pytest.mark.parametrize("policy", list(ExistingPolicy))
def test_no_result_takes_the_place_of_a_source_of_the_batch(tmp_path: Path, policy: ExistingPolicy) -> None:
    # A picture that is called like a result, and a .srec out of which a file of its own name comes.
    picture, named_like_a_result = tmp_path / "a.png", tmp_path / "A.srec"
    named_like_a_result.write_bytes(b"precious")
    names = ResultNames([picture, named_like_a_result])
    assert names.choose(picture, tmp_path / "a.srec", policy) == tmp_path / "a (1).srec"
    assert names.choose(named_like_a_result, tmp_path / "A.srec", policy) == tmp_path / "A (2).srec"


def test_a_source_is_known_by_the_way_through_a_linked_folder_too(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    source, link = tmp_path / "real" / "a.srec", tmp_path / "linked"
    source.write_bytes(b"picture")
    link.symlink_to(source.parent, target_is_directory=True)
    names = ResultNames([source])
    assert names.choose(tmp_path / "b.png", link / "a.srec", ExistingPolicy.REPLACE) == link / "a (1).srec"


def test_a_source_that_is_a_link_is_known_by_a_way_through_a_folder_that_is_not_there_yet(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "real.jpg").write_bytes(b"precious")
    (tmp_path / "linked").symlink_to(tmp_path / "out", target_is_directory=True)
    source = tmp_path / "linked" / "a.srec"
    source.symlink_to(tmp_path / "real.jpg")
    names = ResultNames([tmp_path / "a.png", source])
    wanted = tmp_path / "gone" / ".." / "out" / "a.srec"
    assert names.choose(tmp_path / "a.png", wanted, ExistingPolicy.REPLACE) == wanted.with_name("a (1).srec")


@pytest.mark.parametrize("way", ["linked", "sub/..", "linked/sub/.."])
@pytest.mark.parametrize("policy", list(ExistingPolicy))
def test_one_folder_reached_in_two_ways_has_no_two_results_of_one_name(
    tmp_path: Path, way: str, policy: ExistingPolicy
) -> None:
    (tmp_path / "real" / "sub").mkdir(parents=True)
    (tmp_path / "linked").symlink_to(tmp_path / "real", target_is_directory=True)
    there = tmp_path / way if way.startswith("linked") else tmp_path / "real" / way
    sources = [tmp_path / "real" / "cat.png", there / "Cat.jpg"]
    names = ResultNames(sources)
    chosen = [names.choose(source, source.with_suffix(".srec"), policy) for source in sources]
    assert chosen == [tmp_path / "real" / "cat.srec", there / "Cat (1).srec"]


def test_a_name_that_was_given_is_not_kept_where_it_has_become_a_source(tmp_path: Path) -> None:
    source, late = tmp_path / "a.png", tmp_path / "a.srec"
    names = ResultNames([source])
    assert names.name(source, late) == late
    late.write_bytes(b"precious")
    names.keep([late])
    assert names.choose(source, late, ExistingPolicy.REPLACE) == tmp_path / "a (1).srec"


@pytest.mark.parametrize("impossible", ["a\0.png", "fol\0der/a.png"])
def test_a_source_that_no_disk_can_hold_gets_a_name_like_any_other(tmp_path: Path, impossible: str) -> None:
    source = tmp_path / impossible
    assert ResultNames([source]).name(source, source.with_suffix(".srec")) == source.with_suffix(".srec")


def test_a_link_to_the_source_is_not_written_through(tmp_path: Path) -> None:
    source, link = tmp_path / "a.png", tmp_path / "a.srec"
    source.write_bytes(b"precious")
    link.symlink_to(source)
    names = ResultNames([source])
    assert names.choose(source, link, ExistingPolicy.REPLACE) == tmp_path / "a (1).srec"


def test_all_that_may_need_numbers_belongs_to_one_group() -> None:
    names = ["trip/Cat", "trip/cat", "trip/cat (1)", "trip/CAT (1) (2)", unicodedata.normalize("NFD", "trip/cat")]
    assert len({group_name(name) for name in names}) == 1
    assert group_name("trip/cats") != group_name("trip/cat")
