"""Numbers, places and devices as people read them, in the language's own way."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QCoreApplication, QLocale

from srec_gui.engine import home_folder

__all__ = [
    "byte_size",
    "counted",
    "device_text",
    "duration",
    "megapixels",
    "pixel_size",
    "remaining",
    "share",
    "short_path",
    "shortened",
    "shown_name",
    "speed",
]

translate = QCoreApplication.translate

_MINUTE = 60
_HOUR = 3600
_LONGEST_NAME = 40


def byte_size(count: int) -> str:
    """Bytes in powers of a thousand, as file managers show them: "812 bytes", "3.4 MB"."""
    return QLocale().formattedDataSize(count, 1, QLocale.DataSizeFormat.DataSizeSIFormat)


def pixel_size(width: int, height: int) -> str:
    """A picture's size: "768 × 512"."""
    return f"{width} × {height}"


def megapixels(pixels: float) -> str:
    """Pixels in millions: "12.2 MP"."""
    return translate("wording", "%1 MP").replace("%1", QLocale().toString(pixels / 1e6, "f", 1))


def share(value: float, digits: int = 1) -> str:
    """A share of one in percent, with a real minus sign: "36.2 %", "−3.1 %"."""
    text = QLocale().toString(abs(100 * value), "f", digits)
    zero = QLocale().toString(0.0, "f", digits)
    sign = "−" if value < 0 and text != zero else ""
    return translate("wording", "%1 %").replace("%1", sign + text)


def speed(pixels_per_second: float) -> str:
    """Work done in a second: "1.3 MP/s"."""
    digits = 2 if pixels_per_second < 1e6 else 1
    return translate("wording", "%1 MP/s").replace("%1", QLocale().toString(pixels_per_second / 1e6, "f", digits))


def duration(seconds: float) -> str:
    """How long something took: "0.8 s", "12 s", "3 min 20 s", "1 h 5 min"."""
    if seconds < 10:
        return translate("wording", "%1 s").replace("%1", QLocale().toString(seconds, "f", 1))
    whole = round(seconds)
    if whole < _MINUTE:
        return translate("wording", "%1 s").replace("%1", str(whole))
    if whole < _HOUR:
        return (
            translate("wording", "%1 min %2 s").replace("%1", str(whole // _MINUTE)).replace("%2", str(whole % _MINUTE))
        )
    hours, rest = divmod(whole, _HOUR)
    return translate("wording", "%1 h %2 min").replace("%1", str(hours)).replace("%2", str(rest // _MINUTE))


def remaining(seconds: float) -> str:
    """How long something will take, no more exact than one can know: "a few seconds left", "about 3 min left"."""
    if seconds < 8:
        return translate("wording", "a few seconds left")
    if seconds < 50:
        return translate("wording", "about %1 s left").replace("%1", str(5 * round(seconds / 5)))
    minutes = max(1, round(seconds / _MINUTE))
    if minutes < 90:
        return translate("wording", "about %1 min left").replace("%1", str(minutes))
    return translate("wording", "about %1 h left").replace("%1", QLocale().toString(minutes / 60, "f", 1))


def counted(count: int, one: str, many: str) -> str:
    """A number with its noun: `one` as it is for 1, else `many` with "%1" replaced. Both are translated already."""
    return one if count == 1 else many.replace("%1", QLocale().toString(count))


def device_text(name: str, title: str = "", kernel: str = "") -> str:
    """A device of the engine, by its maker's title if there is one: "CPU", "NVIDIA H200, float32", "GPU (cuda:1)"."""
    cpu, gpu = translate("wording", "CPU"), translate("wording", "GPU (%1)").replace("%1", name)
    device = cpu if name == "cpu" else title or gpu
    return f"{device}, {kernel}" if kernel else device


def shown_name(path: Path) -> str:
    """A file's name with every byte of it: Qt leaves out what is not UTF-8."""
    return path.name.encode("utf-8", "backslashreplace").decode()


def shortened(name: str) -> str:
    """A name without its middle where it is so long that it would push everything else about."""
    half = _LONGEST_NAME // 2
    return name if len(name) <= _LONGEST_NAME else f"{name[:half]}…{name[-half:]}"


def short_path(path: Path) -> str:
    """A path from the person's home folder on, with a tilde."""
    home = home_folder()
    if home is None or not path.is_relative_to(home):
        return str(path)
    return str(Path("~") / path.relative_to(home))
