"""What was looked at last is kept, within bounds."""

from __future__ import annotations

from srec_engine.analysis.cache import ByteCache


def test_what_was_unused_longest_goes_first() -> None:
    cache: ByteCache[int, str] = ByteCache(100)
    for key in (1, 2, 3):
        cache.put(key, f"value {key}", 30)
    assert cache.get(1) == "value 1"
    cache.put(4, "value 4", 30)
    assert [cache.get(key) for key in (1, 2, 3, 4)] == ["value 1", None, "value 3", "value 4"]
    assert cache.held_bytes == 90


def test_it_never_holds_more_than_its_limit() -> None:
    cache: ByteCache[int, int] = ByteCache(1000)
    for key in range(200):
        cache.put(key % 17, key, 1 + 37 * key % 400)
        assert cache.held_bytes <= 1000


def test_what_is_larger_than_the_limit_is_not_kept_and_drives_nothing_else_out() -> None:
    cache: ByteCache[int, int] = ByteCache(100)
    cache.put(1, 1, 60)
    cache.put(2, 2, 101)
    assert (cache.get(1), cache.get(2)) == (1, None)
    cache.put(1, 3, 200)
    assert (cache.get(1), cache.held_bytes) == (None, 0)
