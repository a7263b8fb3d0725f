from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from srec_engine.container import Box, Geometry

geometries = st.builds(
    lambda width, height, scales, bits: Geometry(width, height, scales, 1 << max(4, bits, scales)),
    st.integers(1, 300),
    st.integers(1, 300),
    st.integers(1, 6),
    st.integers(4, 8),
)


def test_a_classic_photograph_has_two_tiles_and_ten_chunks() -> None:
    geometry = Geometry(768, 512, scale_count=5)
    assert (geometry.tile_count, geometry.chunk_count, geometry.base_size) == (2, 10, (16, 24))


@given(geometries)
def test_tiles_cover_every_pixel_of_every_scale_once(geometry: Geometry) -> None:
    for scale in range(geometry.scale_count + 1):
        seen = np.zeros(geometry.scale_size(scale), int)
        for tile in range(geometry.tile_count):
            box = geometry.tile_box(scale, tile)
            assert box.width > 0
            assert box.height > 0
            seen[box.rows, box.columns] += 1
        assert (seen == 1).all()


@given(geometries)
def test_a_tile_halves_like_a_picture_of_its_own(geometry: Geometry) -> None:
    for tile in range(geometry.tile_count):
        for scale in range(geometry.scale_count):
            box, half = geometry.tile_box(scale, tile), geometry.tile_box(scale + 1, tile)
            assert (half.width, half.height) == ((box.width + 1) // 2, (box.height + 1) // 2)


@given(geometries)
def test_chunks_are_numbered_from_the_coarsest_scale_on_in_raster_order(geometry: Geometry) -> None:
    places = [geometry.chunk_place(number) for number in range(geometry.chunk_count)]
    assert places == [(scale, tile) for scale in geometry.coded_scales() for tile in range(geometry.tile_count)]
    assert [geometry.chunk_number(*place) for place in places] == list(range(geometry.chunk_count))


@given(geometries, st.tuples(*[st.integers(-20, 320)] * 4))
def test_the_tiles_of_a_region_are_those_that_share_pixels_with_it(
    geometry: Geometry, corners: tuple[int, int, int, int]
) -> None:
    region = Box(*corners)
    expected = []
    for tile in range(geometry.tile_count):
        box = geometry.tile_box(0, tile)
        width = min(box.right, region.right) - max(box.left, region.left)
        height = min(box.bottom, region.bottom) - max(box.top, region.top)
        if width > 0 and height > 0:
            expected.append(tile)
    assert list(geometry.tiles_touching(region)) == expected


@pytest.mark.parametrize(
    ("width", "height", "scales", "tile"),
    [(0, 5, 1, 512), (5, 0, 1, 512), (5, 5, 0, 512), (5, 5, 5, 500), (5, 5, 5, 16), (5, 5, 2, 1024), (5, 5, 1, 0)],
)
def test_impossible_geometries_are_refused(width: int, height: int, scales: int, tile: int) -> None:
    with pytest.raises(ValueError, match=r"tile|scales"):
        Geometry(width, height, scales, tile)


def test_places_outside_the_picture_are_refused() -> None:
    geometry = Geometry(100, 100, 2, 64)
    with pytest.raises(ValueError, match="tile 4"):
        geometry.tile_box(0, 4)
    with pytest.raises(ValueError, match="scale 2"):
        geometry.chunk_number(2, 0)
    with pytest.raises(ValueError, match="scale 3"):
        geometry.scale_size(3)
    with pytest.raises(ValueError, match="chunk 8"):
        geometry.chunk_place(8)
