"""What the information panel says about a picture: sections of labels and values. No widgets."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication, QDateTime, QLocale

from srec_gui.engine import CheckReport, ComesBack, FileInfo, method_words
from srec_gui.view.document import Document
from srec_gui.view.facts import Facts
from srec_gui.wording import byte_size, device_text, duration, megapixels, pixel_size, share, short_path

__all__ = ["Row", "Section", "as_text", "describe"]

translate = QCoreApplication.translate


@dataclass(frozen=True, slots=True)
class Row:
    """One line.

    Attributes:
        label: What it is.
        value: As text, to be read and copied.
        share: Part of a whole, 0 to 1, drawn as a bar; None for none.
    """

    label: str
    value: str
    share: float | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """Lines under a heading."""

    title: str
    rows: tuple[Row, ...]


def describe(document: Document | None) -> tuple[Section, ...]:
    """All that is known about `document`; empty without one."""
    if document is None or document.facts is None:
        return ()
    facts = document.facts
    sections = [_file(facts)]
    if facts.width:
        sections.append(_picture(document, facts))
    if facts.info is not None:
        sections += [_srec(facts, facts.info), _bytes(facts.info)]
    sections.append(Section(translate("view", "EXIF"), tuple(Row(name, value) for name, value in facts.exif)))
    sections.append(Section(translate("view", "Texts"), tuple(Row(name, value) for name, value in facts.texts)))
    return tuple(section for section in sections if section.rows)


def as_text(sections: tuple[Section, ...]) -> str:
    """The sections as plain text, for the clipboard."""
    blocks = []
    for section in sections:
        lines = [section.title, *(f"  {row.label}: {row.value}" for row in section.rows)]
        blocks.append("\n".join(lines))
    return "\n\n".join(blocks)


def _file(facts: Facts) -> Section:
    modified = QLocale().toString(QDateTime.fromSecsSinceEpoch(int(facts.modified)), QLocale.FormatType.ShortFormat)
    rows = [
        Row(translate("view", "Name"), facts.path.name),
        Row(translate("view", "Folder"), short_path(facts.path.parent)),
        Row(translate("view", "Size"), byte_size(facts.file_bytes)),
    ]
    if facts.info is not None and facts.info.missing_bytes:
        missing = translate("view", "{size}, the file is cut off").format(size=byte_size(facts.info.missing_bytes))
        rows.append(Row(translate("view", "Missing"), missing))
    rows.append(Row(translate("view", "Changed"), modified))
    rows.append(Row(translate("view", "Format"), facts.format))
    if facts.check is not None:
        rows.append(Row(translate("view", "As .srec"), _check_text(facts.check)))
        rows.append(_comes_back(facts.check.comes_back, facts.check.format))
    return Section(translate("view", "File"), tuple(rows))


def _picture(document: Document, facts: Facts) -> Section:
    pixels = facts.width * facts.height
    rows = [
        Row(translate("view", "Pixels"), pixel_size(facts.width, facts.height)),
        Row(translate("view", "Megapixels"), megapixels(pixels)),
        Row(translate("view", "Mode"), _mode_name(facts.mode)),
    ]
    if facts.frames > 1:
        rows.append(Row(translate("view", "Pictures in the file"), QLocale().toString(facts.frames)))
    if facts.dpi is not None:
        across, down = (QLocale().toString(value, "g", 4) for value in facts.dpi)
        rows.append(Row(translate("view", "Pixels per inch"), across if across == down else f"{across} × {down}"))
    picture = document.picture
    if facts.profile or (picture is not None and picture.note):
        name = facts.profile if facts.profile != "?" else translate("view", "Unnamed")
        damaged = picture is not None and picture.note
        rows.append(
            Row(translate("view", "Colour profile"), translate("view", "Damaged, not used") if damaged else name)
        )
    if picture is not None and picture.orientation != 1:
        rows.append(Row(translate("view", "Orientation"), _orientation_name(picture.orientation)))
    return Section(translate("view", "Picture"), tuple(rows))


def _srec(facts: Facts, info: FileInfo) -> Section:
    rows = [Row(translate("view", "Method"), method_words(info.method).title)]
    if info.source_name:
        rows.append(Row(translate("view", "Original name"), info.source_name))
    if info.source_bytes:
        rows.append(Row(translate("view", "Original size"), byte_size(info.source_bytes)))
        if info.file_bytes < info.source_bytes:
            rows.append(Row(translate("view", "Saved"), share(1 - info.file_bytes / info.source_bytes)))
    rows.append(_comes_back(info.comes_back, info.source_format))
    if info.model_id is not None:
        rows.append(Row(translate("view", "Model"), info.model_name or translate("view", "Not installed here")))
        rows.append(Row(translate("view", "Model id"), info.model_id))
    if info.scale_count:
        rows.append(Row(translate("view", "Scales"), QLocale().toString(info.scale_count)))
    if info.tile_count:
        tiles = translate("view", "{count} of {side} × {side} pixels")
        rows.append(Row(translate("view", "Tiles"), tiles.format(count=info.tile_count, side=info.tile_size)))
    if facts.width:
        raw = 3 * facts.width * facts.height
        rows.append(Row(translate("view", "Bits per subpixel"), QLocale().toString(8 * info.file_bytes / raw, "f", 3)))
        rows.append(Row(translate("view", "Of the raw pixels"), share(info.file_bytes / raw)))
    rows.append(Row(translate("view", "Format version"), str(info.format_version)))
    report = facts.report
    if report is not None:
        rows.append(Row(translate("view", "Decoded in"), duration(report.working_seconds)))
        if report.device:
            rows.append(Row(translate("view", "Device"), device_text(report.device, kernel=report.kernel)))
    return Section("SReC", tuple(rows))


def _check_text(check: CheckReport) -> str:
    """What would become of the file, and why."""
    if check.reason:
        return translate("view", "As it is: {reason}").format(reason=check.reason)
    if not check.parts:
        return method_words(check.methods[0]).title
    return translate("view", "By its pixels, {size} kept").format(size=byte_size(check.size_of("carried")))


def _comes_back(what: ComesBack, format_name: str) -> Row:
    """What decoding gives."""
    text = {
        ComesBack.BYTES: translate("view", "Byte for byte"),
        ComesBack.FILE: translate("view", "{format}, complete").format(format=format_name),
        ComesBack.PICTURE: translate("view", "As a PNG"),
    }[what]
    return Row(translate("view", "Comes back"), text)


def _bytes(info: FileInfo) -> Section:
    """Where the file's bytes are: scales from the full picture down, then the other parts; they add up to the file."""
    total = max(1, info.file_bytes)
    parts: list[tuple[str, int]] = []
    for scale in sorted(info.scales, key=lambda entry: entry.scale):
        width, height = -(-info.width >> scale.scale), -(-info.height >> scale.scale)
        parts.append((pixel_size(width, height), scale.total))
    sections = dict(info.section_bytes)
    if parts:
        # What is left of the chunks are the lengths of their streams, if anything.
        sections["chunks"] = max(0, sections.get("chunks", 0) - sum(count for _, count in parts))
    parts += [(_section_name(name, info), count) for name, count in sections.items()]
    rows = (Row(name, byte_size(count), count / total) for name, count in parts if count > 0)
    return Section(translate("view", "Bytes of the file"), tuple(rows))


def _section_name(name: str, info: FileInfo) -> str:
    names = {
        "header": translate("view", "Header"),
        "metadata": translate("view", "Metadata"),
        "planes": translate("view", "Other planes"),
        "index": translate("view", "Index"),
        "base": translate("view", "Base"),
        "adaptation": translate("view", "Adaptation"),
        "chunks": translate("view", "Chunks"),
        "body": translate("view", "File") if info.method.holds_file else translate("view", "Picture"),
        "checksum": translate("view", "Checksum"),
    }
    return names.get(name, name)


def _mode_name(mode: str) -> str:
    names = {
        "1": translate("view", "Black and white"),
        "L": translate("view", "Grey, 8 bits"),
        "LA": translate("view", "Grey with transparency, 8 bits"),
        "P": translate("view", "Palette"),
        "RGB": translate("view", "RGB, 8 bits"),
        "RGBA": translate("view", "RGB with transparency, 8 bits"),
        "I;16": translate("view", "Grey, 16 bits"),
        "I": translate("view", "Grey, 32 bits"),
        "F": translate("view", "Grey, floating point"),
    }
    return names.get(mode, mode)


def _orientation_name(orientation: int) -> str:
    return {
        2: translate("view", "Mirrored"),
        3: translate("view", "Turned by 180°"),
        4: translate("view", "Mirrored upside down"),
        5: translate("view", "Mirrored, turned left"),
        6: translate("view", "Turned right by 90°"),
        7: translate("view", "Mirrored, turned right"),
        8: translate("view", "Turned left by 90°"),
    }[orientation]
