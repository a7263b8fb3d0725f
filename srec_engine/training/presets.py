"""Named settings of training runs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from srec_engine.model.configuration import NetworkConfiguration
from srec_engine.training.configuration import TrainingConfiguration

__all__ = ["PRESETS"]

_ORIGINAL = TrainingConfiguration(
    network=NetworkConfiguration.original(blocks=5),
    crop=128,
    epochs=50,
    optimiser="adam",
    second_decay=0.999,
    learning_rate=1e-4,
    schedule="steps",
    decay_epochs=1,
    warm_up=0,
    clip=0.5,
    average=0.0,
    quantised_from=1.0,
    bfloat16=False,
    sampling="epochs",
    flips="horizontal",
)

PRESETS: Mapping[str, TrainingConfiguration] = MappingProxyType(
    {
        "photo": TrainingConfiguration(
            network=NetworkConfiguration(features=64, remainder_blocks=1, remainder_products=True),
            native_share=0.25,
            soft_share=0.35,
            jpeg_share=0.2,
        ),
        "photo-fast": TrainingConfiguration(
            network=NetworkConfiguration(features=48, blocks=1, remainder_products=True),
            learning_rate=2.5e-3,
            native_share=0.25,
            soft_share=0.35,
            jpeg_share=0.2,
        ),
        "original-openimages": _ORIGINAL,
        "original-imagenet64": replace(_ORIGINAL, crop=64, epochs=10),
    }
)
"""Settings by name. The original's are the defaults of its program and what its README gives for ImageNet64; it leaves
the batch size to the person."""
