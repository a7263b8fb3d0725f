"""The registry of actions: complete, without clashes, each with an icon that exists."""

from __future__ import annotations

from collections import Counter

import pytest
from PySide6.QtGui import QKeySequence

from srec_gui.action_table import ACTIONS, ActionSpec, Context
from srec_gui.actions import Actions
from srec_gui.resources import resource_path


@pytest.mark.parametrize("room", [Context.COMPRESS, Context.VIEW, Context.INSPECT])
def test_no_two_actions_that_work_at_the_same_time_share_a_key(room: Context) -> None:
    keys = Counter(
        QKeySequence(shortcut).toString()
        for spec in ACTIONS
        if spec.context in {room, Context.WINDOW}
        for shortcut in spec.shortcuts
    )
    assert [key for key, count in keys.items() if count > 1] == []


@pytest.mark.parametrize("spec", ACTIONS, ids=lambda spec: spec.id)
def test_every_action_has_real_keys_and_a_real_icon(spec: ActionSpec) -> None:
    for shortcut in spec.shortcuts:
        assert QKeySequence(shortcut).toString(), f"{shortcut} is no key"
    if spec.icon:
        assert resource_path("icons", f"{spec.icon}.svg").is_file()


def test_ids_are_unique_and_found_by_name(actions: Actions) -> None:
    ids = [spec.id for spec in ACTIONS]
    assert len(set(ids)) == len(ids)
    assert {actions[one].objectName() for one in ids} == set(ids)


def test_mnemonics_do_not_clash_within_a_menu() -> None:
    for context in Context:
        letters = [
            spec.text[spec.text.index("&") + 1].lower()
            for spec in ACTIONS
            if spec.context is context and "&" in spec.text
        ]
        clashes = [letter for letter, count in Counter(letters).items() if count > 1]
        assert clashes == [], context


def test_a_tool_tip_names_the_key(actions: Actions) -> None:
    assert actions["window.open"].toolTip() == "Open (Ctrl+O)"
