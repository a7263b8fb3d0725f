"""The one call behind `srec-gui --register`, and the plans for systems that these tests do not run on."""

from __future__ import annotations

import plistlib
import sys
from pathlib import Path

import pytest

from srec_gui.registration import is_registered, register, unregister, windows
from srec_gui.registration.macos import document_types
from srec_gui.registration.programs import Programs
from tests.registration import registry

PROGRAMS = Programs(window=(r"C:\Program Files\SReC\srec-gui.exe",), thumbnailer=("unused",))


@pytest.mark.skipif(sys.platform in {"win32", "darwin"}, reason="freedesktop.org systems only")
def test_registering_touches_only_the_data_folder_of_this_user(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    assert not is_registered()
    done = register()
    assert is_registered()
    assert done.files
    assert all(path.is_relative_to(tmp_path / "data") for path in done.files)
    assert list(tmp_path.iterdir()) == [tmp_path / "data"]
    assert sorted(unregister().files) == sorted(done.files)
    assert not is_registered()


def test_undoing_without_registration_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert unregister().message == "The file type was not registered for this user."


def test_windows_is_told_to_quote_the_picture_it_opens() -> None:
    commands = [value.data for value in windows.plan(PROGRAMS, None) if value.key.endswith(r"\command")]
    assert commands == [r'"C:\Program Files\SReC\srec-gui.exe" "%1"']


@pytest.mark.parametrize(("owner", "claims"), [(None, True), ("", True), ("SReC.Image.1", True), ("Hex.Editor", False)])
def test_windows_keeps_another_program_as_owner_of_the_extension(owner: str | None, claims: bool) -> None:
    values = windows.plan(PROGRAMS, owner)
    claimed = any(value.key.endswith(r"\.srec") and value.name == "" for value in values)
    assert claimed is claims
    assert any(value.key.endswith("OpenWithProgids") for value in values)


@pytest.fixture
def keys(monkeypatch: pytest.MonkeyPatch) -> dict[str, dict[str, str]]:
    """The keys of a registry in memory, on what calls itself Windows."""
    monkeypatch.setattr(registry, "KEYS", {})
    monkeypatch.setitem(sys.modules, "winreg", registry)
    monkeypatch.setattr(sys, "platform", "win32")
    return registry.KEYS


EXTENSION = r"Software\Classes\.srec"


def test_undoing_on_windows_leaves_no_value_of_ours(keys: dict[str, dict[str, str]]) -> None:
    assert not is_registered()
    register()
    windows.apply(PROGRAMS)
    assert is_registered()
    assert keys[EXTENSION] == {"": "SReC.Image.1", "Content Type": "image/x-srec", "PerceivedType": "image"}
    unregister()
    assert not is_registered()
    assert not any(keys.values())
    assert not any("SReC.Image.1" in path for path in keys)
    windows.remove()


def test_on_windows_files_of_another_program_stay_what_they_are(keys: dict[str, dict[str, str]]) -> None:
    foreign = {"": "Hex.Editor", "Content Type": "text/x-srecord"}
    keys[EXTENSION] = dict(foreign)
    windows.apply(PROGRAMS)
    assert keys[EXTENSION] == foreign
    assert keys[rf"{EXTENSION}\OpenWithProgids"] == {"SReC.Image.1": ""}
    windows.remove()
    assert keys[EXTENSION] == foreign
    assert keys[rf"{EXTENSION}\OpenWithProgids"] == {}


@pytest.mark.skipif(sys.platform == "win32", reason="there it works")
def test_the_registry_is_refused_where_there_is_none() -> None:
    with pytest.raises(OSError, match="only be written on Windows"):
        windows.apply(PROGRAMS)


def test_the_types_for_macos_make_a_property_list() -> None:
    again = plistlib.loads(plistlib.dumps(document_types()))
    assert again["UTExportedTypeDeclarations"][0]["UTTypeTagSpecification"]["public.filename-extension"] == ["srec"]
