"""Model files changed as an attacker would: in their bytes, and in what they say of their arrays and of themselves."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from typing import Any

import numpy as np

from srec_engine.integer.known_answers import known_answers
from srec_engine.model.integer_model import IntegerConvolution
from tests.model.examples import ITEM_BYTES, ModelFile, StoredArray

__all__ = ["changed_model"]

NUMBERS = (-(1 << 31), -1, 0, 1, 2, 3, 4, 5, 126, 127, 128, 255, 256, 510, 1020, 32767, 32768, (1 << 24) - 1, 1 << 31)

VALUES: tuple[Any, ...] = (
    *(-1, 0, 1, 2, 3, 4, 8, 10, 16, 512, 1 << 62, 10**30, 0.5, -2.5, 5.5, 1e308, float("inf"), float("nan")),
    *(True, False, None, "", "edsr", "preactivation", "contrast", "normalised", "linear", "sigmoid", "x" * 5000),
    *([], [1, 2, 4], [0], [17], [True], [[1]], {}, {"a": 1}),
)

TEXTS = (
    *("", "null", "true", "5", '"text"', "[]", "{}", "{", "NaN", "1" * 5000, "[" * 100_000, '{"a":' * 2000 + "1"),
    *('{"a": ' + "1" * 5000 + "}", '{"version": 1, "digests": {}}', '{"version": 1, "digests": {"a": "b"}}', "2", "-1"),
    *('{"0.0.head": 1}', '{"0.0.head": "ab"}', "\x00", "é" * 1000, " " * (1 << 20)),
)

ENTRIES = ("format", "name", "configuration", "known_answers", "recipe", "known_answers_version", "walks", "more")

REPAIRED_SHARE = 0.8


def changed_model(data: bytes, seed: int) -> bytes:
    """One hostile relative of a model file; the same one for the same seed.

    Most have their known answers made right again, as an attacker would: otherwise none would be used.
    """
    generator = random.Random(seed)
    if generator.random() < 0.3:
        return _changed_bytes(data, generator)
    file = ModelFile.taken_apart(data)
    for _ in range(generator.choice([1, 1, 1, 2, 4])):
        generator.choice(CHANGES)(file, generator)
    if generator.random() < REPAIRED_SHARE:
        _repair_answers(file)
    return file.together()


def _changed_bytes(data: bytes, generator: random.Random) -> bytes:
    changed = bytearray(data)
    header = 8 + int.from_bytes(data[:8], "little")
    for _ in range(generator.choice([1, 1, 2, 8])):
        # Half of the changes meet the header, where the names, types and entries are.
        place = generator.randrange(min(len(changed), header if generator.random() < 0.5 else len(changed)))
        match generator.randrange(3):
            case 0:
                changed[place] = generator.randrange(256)
            case 1:
                del changed[place : place + generator.randrange(1, 9)]
            case 2:
                changed[place:place] = generator.randbytes(generator.randrange(1, 9))
    return bytes(changed[: generator.randrange(len(changed))] if generator.random() < 0.1 else changed)


def _name(file: ModelFile, generator: random.Random) -> str:
    return generator.choice(sorted(file.arrays)) if file.arrays else ""


def _change_shape(file: ModelFile, generator: random.Random) -> None:
    array = file.arrays.get(_name(file, generator))
    if array is None:
        return
    shape = array.shape
    match generator.randrange(4):
        case 0 if shape:
            shape[generator.randrange(len(shape))] = generator.choice([0, 1, 2, 3, 5, 9, 64, 1 << 20])
        case 1:
            shape.insert(generator.randrange(len(shape) + 1), generator.choice([0, 1, 2]))
        case 2 if shape:
            del shape[generator.randrange(len(shape))]
        case _:
            generator.shuffle(shape)
    if generator.random() < 0.9:
        array.fit()


def _change_type(file: ModelFile, generator: random.Random) -> None:
    array = file.arrays.get(_name(file, generator))
    if array is not None:
        array.type = generator.choice([*ITEM_BYTES, "BOOL", "F8_E4M3", "C64", "I3"])
        array.fit()


def _change_name(file: ModelFile, generator: random.Random) -> None:
    name = _name(file, generator)
    array = file.arrays.get(name)
    if array is None:
        return
    if generator.random() < 0.7:
        del file.arrays[name]
    other = generator.choice(
        [name.replace("0", "1"), name + ".more", "", "layers.0.3.head.weight", "tables.more", name]
    )
    if generator.random() < 0.7:
        file.arrays[other] = array


def _change_numbers(file: ModelFile, generator: random.Random) -> None:
    name = _name(file, generator)
    array = file.arrays.get(name)
    size = ITEM_BYTES.get(array.type, 0) if array is not None else 0
    if array is None or not array.type.startswith("I") or size < 1 or not array.data:
        return
    numbers = np.frombuffer(array.data, f"<i{size}").copy()
    limits = np.iinfo(numbers.dtype)
    count = generator.choice([1, 1, 2, len(numbers)])
    for place in generator.sample(range(len(numbers)), min(count, len(numbers))):
        wanted = generator.choice([*NUMBERS, generator.randrange(-40, 41), generator.randrange(limits.min, limits.max)])
        numbers[place] = min(max(wanted, limits.min), limits.max)
    array.data = numbers.tobytes()


def _change_input(file: ModelFile, generator: random.Random) -> None:
    names = [name for name in sorted(file.arrays) if name.endswith(".input")]
    if names:
        values = [generator.choice(NUMBERS[:-1]) for _ in range(generator.choice([1, 2, 2, 3]))]
        file.arrays[generator.choice(names)] = StoredArray("I32", [len(values)], np.array(values, "<i4").tobytes())


def _change_configuration(file: ModelFile, generator: random.Random) -> None:
    try:
        values = json.loads(file.entries["configuration"])
        name = generator.choice(sorted(values))
    except (KeyError, ValueError, TypeError, IndexError, RecursionError):
        return
    if not isinstance(values, dict):
        return
    match generator.randrange(6):
        case 0:
            del values[name]
        case 1:
            values[generator.choice(["surprise", "remainder_blocks", "remainder_products"])] = generator.choice(VALUES)
        case 2:
            # One set of weights for more scales needs no other arrays.
            values["scales"] = values["shared_scales"] = generator.randrange(1, 10)
        case _:
            values[name] = generator.choice(VALUES)
    file.entries["configuration"] = json.dumps(values)


def _change_entry(file: ModelFile, generator: random.Random) -> None:
    name = generator.choice(ENTRIES)
    if generator.random() < 0.2:
        file.entries.pop(name, None)
    else:
        file.entries[name] = generator.choice(TEXTS)


CHANGES: tuple[Callable[[ModelFile, random.Random], None], ...] = (
    *(_change_shape, _change_type, _change_name, _change_numbers, _change_numbers, _change_numbers, _change_input),
    *(_change_configuration, _change_configuration, _change_entry),
)


def _repair_answers(file: ModelFile) -> None:
    """Compute the known answers of a changed model, as far as its layers can be computed at all."""
    names = {name.removeprefix("layers.").rpartition(".")[0] for name in file.arrays if name.startswith("layers.")}
    try:
        layers = {name: _layer(file, f"layers.{name}") for name in sorted(names)}
        for name, layer in layers.items():
            layer.check(name)
        file.entries["known_answers"] = json.dumps(known_answers(layers))
    except Exception:  # noqa: BLE001 - what nobody can compute stays as it is
        return


def _layer(file: ModelFile, prefix: str) -> IntegerConvolution:
    parts = {part: file.arrays[f"{prefix}.{part}"] for part in ("weight", "bias", "shift", "input")}
    values = {
        part: np.frombuffer(array.data, f"<i{ITEM_BYTES[array.type]}").reshape(array.shape)
        for part, array in parts.items()
    }
    maximum, offset, *dilation = (int(number) for number in values["input"])
    if not 0 < maximum < 1 << 15:
        raise ValueError(f"inputs up to {maximum} cannot be generated")
    weight, bias = values["weight"].astype(np.int16), values["bias"].astype(np.int32)
    return IntegerConvolution(weight, bias, values["shift"].astype(np.int8), maximum, offset, *dilation)
