"""Which integer network computes a model's layout."""

from __future__ import annotations

from srec_engine.integer.edsr_network import EdsrNetwork
from srec_engine.integer.network import IntegerNetwork
from srec_engine.integer.prepared import CodingNetwork
from srec_engine.model.integer_model import IntegerModel

__all__ = ["prepare_network"]


def prepare_network(
    model: IntegerModel, device: str = "cpu", kernel: str = "auto", *, checked: bool = True
) -> CodingNetwork:
    """Make a model ready on a device, with the kernel of that name ("auto": the fastest whose layers answer rightly).

    Args:
        model: The model.
        device: Where it is to run.
        kernel: Name of the kernel, or "auto".
        checked: False takes the kernel of that name at its word: it was found exact before.

    Raises:
        ModelError: When its layers do not fit its layout, the kernel is unknown or none is exact.
    """
    if model.configuration.layout == "edsr":
        return EdsrNetwork(model, device, kernel, checked=checked)
    return IntegerNetwork(model, device, kernel, checked=checked)
