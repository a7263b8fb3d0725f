"""The devices of this machine that the network may run on."""

from __future__ import annotations

from srec_engine.codec.torch_libraries import load_torch_libraries
from srec_engine.reports import Device

__all__ = ["list_devices"]


def list_devices() -> tuple[Device, ...]:
    """What `CodecOptions.device` may name on this machine, accelerators first, the CPU last. Loads torch (seconds).

    That a device is listed does not say that it is exact: it is used once it reproduces a model's known answers.
    """
    load_torch_libraries()
    import torch

    accelerator = torch.accelerator.current_accelerator() if torch.accelerator.is_available() else None
    devices = []
    if accelerator is not None:
        count = torch.accelerator.device_count()
        for number in range(count):
            name = accelerator.type if count == 1 else f"{accelerator.type}:{number}"
            title = torch.cuda.get_device_name(number) if accelerator.type == "cuda" else ""
            devices.append(Device(name, title))
    return (*devices, Device("cpu"))
