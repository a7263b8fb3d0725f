"""What all tests share: no display needed, nobody's settings touched, real pictures at hand."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings

# Before any test module imports Qt: windows are drawn off screen unless the person says otherwise.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

# A first example may compile the entropy coder, and two cores may be busy: time is for benchmarks, not for tests.
settings.register_profile("project", deadline=None)
settings.load_profile("project")

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(autouse=True, scope="session")
def _private_home(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Keep settings, recent files and registrations of the person who runs the tests out of reach.

    The cache folder stays the person's own: compiling the entropy coder anew for each run would take a minute.
    """
    folder = tmp_path_factory.mktemp("home")
    for variable in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME"):
        os.environ[variable] = str(folder / variable.lower())
        (folder / variable.lower()).mkdir()


@pytest.fixture(scope="session")
def project_root() -> Path:
    """Folder that holds `srec_engine`, `srec_gui`, `docs` and `resources`."""
    return ROOT


@pytest.fixture(scope="session")
def sample_photograph() -> Path:
    """A small real photograph (451×300, RGB, PNG) that ships with the program."""
    return ROOT / "resources" / "sample" / "chelsea.png"


TIMED_FILES = {"test_responsiveness.py", "test_closing.py"}
TIMED_TESTS = (
    "test_the_window_answers_within_50_ms",
    "test_the_window_is_up_within_a_second",
    "test_closing_during_real_work",
    "test_pictures_of_the_command_line_are_compressed_by_the_real_engine",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what measures time: a tracer slows what is measured, and a busy machine gets a second chance."""
    for item in items:
        if item.path.name in TIMED_FILES or item.name.startswith(TIMED_TESTS):
            item.add_marker("timing")
