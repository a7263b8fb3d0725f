"""Every action of the window as data. A new action is one line here."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

__all__ = ["ACTIONS", "ActionSpec", "Context"]


def QT_TRANSLATE_NOOP(_context: str, text: str) -> str:  # noqa: N802 - the name that lupdate looks for
    """Mark `text` for translation. Qt's own function of this name is typed as returning an object."""
    return text


class Context(StrEnum):
    """Where an action works."""

    WINDOW = "window"
    COMPRESS = "compress"
    VIEW = "view"
    INSPECT = "inspect"


@dataclass(frozen=True, slots=True)
class ActionSpec:
    """One action.

    Attributes:
        id: Name in the registry, "context.verb".
        text: What menus show, to be translated in the context "actions"; "&" marks the mnemonic.
        shortcuts: Portable key names; the first is shown.
        icon: Name in `resources/icons`, or "".
        checkable: Whether it is a switch.
        context: Where it works; taken from the id.
    """

    id: str
    text: str
    shortcuts: tuple[str, ...] = ()
    icon: str = ""
    checkable: bool = False

    @property
    def context(self) -> Context:
        """Where the action works."""
        return Context(self.id.partition(".")[0])


ACTIONS: tuple[ActionSpec, ...] = (
    # window
    ActionSpec("window.open", QT_TRANSLATE_NOOP("actions", "&Open…"), ("Ctrl+O",), "open"),
    ActionSpec("window.open_folder", QT_TRANSLATE_NOOP("actions", "Open &Folder…"), ("Ctrl+Shift+O",), "folder"),
    ActionSpec("window.paste", QT_TRANSLATE_NOOP("actions", "&Paste"), ("Ctrl+V",), "paste"),
    ActionSpec("window.settings", QT_TRANSLATE_NOOP("actions", "&Settings…"), ("Ctrl+,",), "settings"),
    ActionSpec("window.quit", QT_TRANSLATE_NOOP("actions", "&Quit"), ("Ctrl+Q",)),
    ActionSpec("window.compress", QT_TRANSLATE_NOOP("actions", "&Compress"), ("Ctrl+1",), "compress", True),
    ActionSpec("window.view", QT_TRANSLATE_NOOP("actions", "&View"), ("Ctrl+2",), "view", True),
    ActionSpec("window.inspect", QT_TRANSLATE_NOOP("actions", "&Inspect"), ("Ctrl+3",), "inspect", True),
    ActionSpec("window.shortcuts", QT_TRANSLATE_NOOP("actions", "&Keyboard Shortcuts"), ("?", "F1"), "keyboard"),
    ActionSpec("window.about", QT_TRANSLATE_NOOP("actions", "&About SReC")),
    # compress
    ActionSpec("compress.expand", QT_TRANSLATE_NOOP("actions", "E&xpand .srec Files…"), ("Ctrl+E",), "expand"),
    ActionSpec(
        "compress.expand_folder",
        QT_TRANSLATE_NOOP("actions", "Ex&pand Folder of .srec Files…"),
        ("Ctrl+Shift+E",),
        "expand",
    ),
    ActionSpec("compress.cancel", QT_TRANSLATE_NOOP("actions", "&Cancel"), ("Esc",), "cancel"),
    ActionSpec("compress.cancel_all", QT_TRANSLATE_NOOP("actions", "Cancel &All"), ("Ctrl+.",), "cancel"),
    ActionSpec("compress.retry", QT_TRANSLATE_NOOP("actions", "&Try Again"), ("Ctrl+R",), "retry"),
    ActionSpec("compress.remove", QT_TRANSLATE_NOOP("actions", "&Remove from List"), ("Del", "Backspace"), "remove"),
    ActionSpec("compress.clear_done", QT_TRANSLATE_NOOP("actions", "C&lear Finished"), ("Ctrl+L",), "clear"),
    ActionSpec("compress.select_all", QT_TRANSLATE_NOOP("actions", "&Select All"), ("Ctrl+A",)),
    ActionSpec("compress.open", QT_TRANSLATE_NOOP("actions", "Open in &Viewer"), ("Return", "Enter"), "view"),
    ActionSpec("compress.inspect", QT_TRANSLATE_NOOP("actions", "&Inspect"), ("Ctrl+I",), "inspect"),
    ActionSpec("compress.reveal", QT_TRANSLATE_NOOP("actions", "Show in &Folder"), ("Ctrl+Shift+R",), "reveal"),
    ActionSpec("compress.copy_error", QT_TRANSLATE_NOOP("actions", "Copy &Message"), ("Ctrl+C",), "copy"),
    ActionSpec("compress.undo", QT_TRANSLATE_NOOP("actions", "&Undo Last Batch"), ("Ctrl+Z",), "undo"),
    ActionSpec("compress.options", QT_TRANSLATE_NOOP("actions", "Show &Options"), ("F9",), "options", True),
    # view
    ActionSpec("view.next", QT_TRANSLATE_NOOP("actions", "&Next Picture"), ("Right", "PgDown", "Space"), "next"),
    ActionSpec("view.previous", QT_TRANSLATE_NOOP("actions", "&Previous Picture"), ("Left", "PgUp"), "previous"),
    ActionSpec("view.first", QT_TRANSLATE_NOOP("actions", "F&irst Picture"), ("Home",)),
    ActionSpec("view.last", QT_TRANSLATE_NOOP("actions", "Las&t Picture"), ("End",)),
    ActionSpec("view.zoom_in", QT_TRANSLATE_NOOP("actions", "&Zoom In"), ("+", "=", "Ctrl++", "Ctrl+="), "zoom-in"),
    ActionSpec("view.zoom_out", QT_TRANSLATE_NOOP("actions", "Zoom &Out"), ("-", "Ctrl+-"), "zoom-out"),
    ActionSpec("view.zoom_fit", QT_TRANSLATE_NOOP("actions", "&Fit to Window"), ("F", "Ctrl+0"), "zoom-fit"),
    ActionSpec("view.zoom_actual", QT_TRANSLATE_NOOP("actions", "&Actual Pixels"), ("1",), "zoom-actual"),
    ActionSpec("view.lock_zoom", QT_TRANSLATE_NOOP("actions", "&Keep Zoom and Position"), ("L",), "lock", True),
    ActionSpec("view.full_screen", QT_TRANSLATE_NOOP("actions", "F&ull Screen"), ("F11",), "full-screen", True),
    ActionSpec("view.slideshow", QT_TRANSLATE_NOOP("actions", "Slidesho&w"), ("F5",), "slideshow", True),
    ActionSpec("view.strip", QT_TRANSLATE_NOOP("actions", "Thum&bnails"), ("T",), "strip", True),
    ActionSpec("view.info", QT_TRANSLATE_NOOP("actions", "Infor&mation"), ("I",), "info", True),
    ActionSpec("view.copy_image", QT_TRANSLATE_NOOP("actions", "&Copy Picture"), ("Ctrl+C",), "copy"),
    ActionSpec("view.copy_path", QT_TRANSLATE_NOOP("actions", "Copy File Pat&h"), ("Ctrl+Shift+C",)),
    ActionSpec("view.pin", QT_TRANSLATE_NOOP("actions", "Pin or Release the Pi&xel"), ("P",)),
    ActionSpec("view.copy_colour", QT_TRANSLATE_NOOP("actions", "Copy Colour un&der the Pointer"), ("C",)),
    ActionSpec("view.save_as", QT_TRANSLATE_NOOP("actions", "&Save As…"), ("Ctrl+S",), "save"),
    ActionSpec("view.reload", QT_TRANSLATE_NOOP("actions", "&Reload"), ("R",), "retry"),
    ActionSpec("view.reveal", QT_TRANSLATE_NOOP("actions", "Show in Fo&lder"), ("Ctrl+Shift+R",), "reveal"),
    ActionSpec("view.compress", QT_TRANSLATE_NOOP("actions", "Compr&ess This Picture"), (), "compress"),
    ActionSpec("view.inspect", QT_TRANSLATE_NOOP("actions", "Inspect"), ("Ctrl+I",), "inspect"),
    ActionSpec("view.leave", QT_TRANSLATE_NOOP("actions", "Lea&ve Full Screen or Slideshow"), ("Esc",)),
    # inspect
    ActionSpec("inspect.zoom_in", QT_TRANSLATE_NOOP("actions", "Zoom &In"), ("+", "=", "Ctrl++", "Ctrl+="), "zoom-in"),
    ActionSpec("inspect.zoom_out", QT_TRANSLATE_NOOP("actions", "Zoom &Out"), ("-", "Ctrl+-"), "zoom-out"),
    ActionSpec("inspect.zoom_fit", QT_TRANSLATE_NOOP("actions", "Fit to &Window"), ("F", "Ctrl+0"), "zoom-fit"),
    ActionSpec("inspect.coarser", QT_TRANSLATE_NOOP("actions", "&Coarser Scale"), ("PgUp", "["), "previous"),
    ActionSpec("inspect.finer", QT_TRANSLATE_NOOP("actions", "Fi&ner Scale"), ("PgDown", "]"), "next"),
    ActionSpec("inspect.play", QT_TRANSLATE_NOOP("actions", "&Play the Scales"), ("Space",), "slideshow", True),
    ActionSpec("inspect.exchange", QT_TRANSLATE_NOOP("actions", "E&xchange Left and Right"), ("X",)),
    ActionSpec("inspect.all_channels", QT_TRANSLATE_NOOP("actions", "&All Channels"), ("A",)),
    ActionSpec("inspect.red", QT_TRANSLATE_NOOP("actions", "&Red"), ("R",)),
    ActionSpec("inspect.green", QT_TRANSLATE_NOOP("actions", "&Green"), ("G",)),
    ActionSpec("inspect.blue", QT_TRANSLATE_NOOP("actions", "&Blue"), ("B",)),
    ActionSpec("inspect.copy_pixel", QT_TRANSLATE_NOOP("actions", "Copy Pixe&l Report"), ("Ctrl+C",), "copy"),
    ActionSpec("inspect.save_map", QT_TRANSLATE_NOOP("actions", "&Save Map…"), ("Ctrl+S",), "save"),
    ActionSpec("inspect.save_table", QT_TRANSLATE_NOOP("actions", "Save &Table…"), ("Ctrl+Shift+S",), "save"),
    ActionSpec("inspect.network", QT_TRANSLATE_NOOP("actions", "Anal&yse With the Network"), ("Ctrl+Shift+A",)),
    ActionSpec("inspect.reveal", QT_TRANSLATE_NOOP("actions", "Show in &Folder"), ("Ctrl+Shift+R",), "reveal"),
    ActionSpec("inspect.open", QT_TRANSLATE_NOOP("actions", "Open in &Viewer"), ("Ctrl+Return",), "view"),
)
"""All actions, in the order menus and the `?` sheet show them."""
