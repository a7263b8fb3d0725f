"""Numbers and tables as people read them."""

from __future__ import annotations

import pytest

from srec_engine.cli.text import format_bytes, format_share, format_table


@pytest.mark.parametrize(
    ("count", "text"),
    [(0, "0 B"), (1023, "1023 B"), (1024, "1.0 KiB"), (5 << 20, "5.0 MiB"), (3 << 40, "3.0 TiB")],
)
def test_bytes_keep_few_digits(count: int, text: str) -> None:
    assert format_bytes(count) == text


def test_a_share_is_shown_in_percent() -> None:
    assert format_share(0.1234) == "12.3 %"


def test_numbers_of_a_table_stand_under_each_other() -> None:
    table = format_table([("part", "bytes"), ("base", "7"), ("scale 0", "1234")], numeric=(False, True))
    assert table.splitlines() == ["part     bytes", "-------  -----", "base         7", "scale 0   1234"]
