"""The list of devices: what this machine has is looked for when somebody asks, because that loads torch."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtGui import QStandardItemModel
from PySide6.QtWidgets import QWidget

from srec_gui.compress.asking_box import AskingBox
from srec_gui.engine import AUTOMATIC_DEVICE, CPU, Device
from srec_gui.wording import device_text

__all__ = ["DeviceBox"]


class DeviceBox(AskingBox):
    """Automatic, and what this machine has once that was asked for."""

    def __init__(self, parent: QWidget | None = None) -> None:
        """Automatic and the CPU, which every machine has."""
        super().__init__("", parent)
        self.setAccessibleName(self.tr("Device"))
        self.setToolTip(self.tr("Where the network runs. Files are the same on every device."))
        self._devices: tuple[Device, ...] | None = None
        self._used = ""
        self._chosen = AUTOMATIC_DEVICE
        self._fill()

    def show_devices(self, devices: Sequence[Device]) -> None:
        """Offer these; where there is nothing but a CPU, automatic is that."""
        self._devices = tuple(devices)
        if len(devices) == 1 and not self._used:
            self._used = device_text(devices[0].name, devices[0].title)
        self._fill()

    def show_used(self, device: str, kernel: str) -> None:
        """Say what automatic turned out to be; no device forgets it."""
        titles = {one.name: one.title for one in self._devices or ()}
        self._used = device_text(device, titles.get(device, ""), kernel) if device else ""
        self._fill()

    def choose(self, name: str) -> None:
        """Select the device of this name, whether it is here or not."""
        self._chosen = name
        self._fill()

    def _fill(self) -> None:
        automatic = self.tr("Automatic")
        rows = {AUTOMATIC_DEVICE: f"{automatic} ({self._used})" if self._used else automatic}
        for one in self._devices or (Device(CPU),):
            rows[one.name] = device_text(one.name, one.title)
        if self._chosen not in rows:
            text = device_text(self._chosen)
            rows[self._chosen] = self.tr("%1 (not here)").replace("%1", text) if self._devices else text
        with self.refilling():
            for name, text in rows.items():
                self.addItem(text, name)
            if self._devices is None:
                self._add_note(self.tr("Looking for others…"))
            self.setCurrentIndex(self.findData(self._chosen))

    def _add_note(self, text: str) -> None:
        """A line that says something and cannot be chosen."""
        self.addItem(text)
        model = self.model()
        if isinstance(model, QStandardItemModel):
            model.item(self.count() - 1).setEnabled(False)
