"""What a network looks like: one frozen dataclass, saved with every model and checkpoint."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass, fields
from typing import Any, Literal, get_args

from srec_engine.errors import ModelError

__all__ = ["CHANNELS", "LARGEST_DILATION", "STEP_COUNT", "NetworkConfiguration"]

CHANNELS = 3
"""Red, green and blue."""

STEP_COUNT = 3
"""Pixels of a 2×2 block that are coded; the fourth follows from the sum."""

LARGEST_DILATION = 16
"""Bound on the dilation of a convolution."""

LOG_SCALE_LIMIT = 64.0
"""Bound on the magnitude of a log-scale, in nat: what the distributions' tables can hold."""

MOST_ATROUS_RATES = 8

Layout = Literal["preactivation", "edsr"]
Inputs = Literal["contrast", "normalised"]
Coefficients = Literal["linear", "sigmoid"]

_LATER_FIELDS = frozenset({"remainder_blocks", "remainder_products"})
"""Written only where they are used: models made before they existed keep their id."""


@dataclass(frozen=True, slots=True)
class NetworkConfiguration:
    """Shape of the super-resolution network. The defaults are ours; `original` gives the paper's.

    Attributes:
        features: Channels of the feature maps.
        blocks: Residual blocks per step.
        components: Logistic distributions in a mixture (K).
        scales: Scales the network codes; the base is 2^scales times smaller than the image.
        shared_scales: How many of the coarsest scales use the same weights (1: every scale has its own).
        layout: "preactivation" is ours: one linear residual stream through all steps of a scale, clipped
            rectifiers before the convolutions, a 1×1 classifier. "edsr" is the original's: post-activation blocks,
            a closing convolution and a 1×1 tail per step, a context convolution, an atrous classifier.
        atrous_rates: Dilations of the "edsr" classifier.
        inputs: "contrast" feeds local contrasts and differences to the block's mean (integers), "normalised"
            feeds values scaled to −1…1.
        learned_remainders: Whether the remainders have a distribution of their own (else 2 bits each).
        remainder_blocks: Residual blocks before the remainders' classifier.
        remainder_products: Whether that classifier also says, pixel by pixel, how a channel's remainder goes with those
            of the channels before (else one table for all pixels says it).
        truncation: Whether distributions are renormalised to the interval the block's sum allows.
        linear_kernel: Side of the linear predictor in grey levels that corrects the mean; 0 for none.
        relative_means: Whether means are relative to the remaining sum's share (else absolute grey levels).
        coefficients: "linear" multiplies what is known of the channels before by the network's output as it is
            and counts from their predicted means; "sigmoid" squashes it and counts from zero.
        log_scale_minimum, log_scale_maximum: Range of the logarithm of a component's scale (nat, grey levels).
    """

    features: int = 48
    blocks: int = 2
    components: int = 5
    scales: int = 5
    shared_scales: int = 3
    layout: Layout = "preactivation"
    atrous_rates: tuple[int, ...] = ()
    inputs: Inputs = "contrast"
    learned_remainders: bool = True
    truncation: bool = True
    linear_kernel: int = 5
    relative_means: bool = True
    coefficients: Coefficients = "linear"
    log_scale_minimum: float = -2.5
    log_scale_maximum: float = 5.5
    remainder_blocks: int = 0
    remainder_products: bool = False

    def __post_init__(self) -> None:
        """Reject what no network can have, so that a hostile model file fails here."""
        for name, (low, high) in _BOUNDS.items():
            value = getattr(self, name)
            if type(value) is not int or not low <= value <= high:
                raise _wrong(name, f"a whole number from {low} to {high}", value)
        if self.shared_scales > self.scales:
            raise _wrong("shared_scales", f"a whole number from 1 to {self.scales}", self.shared_scales)
        for name, words in _WORDS.items():
            value = getattr(self, name)
            if type(value) is not str or value not in words:
                raise _wrong(name, f"one of {', '.join(words)}", value)
        for name in _SWITCHES:
            if type(getattr(self, name)) is not bool:
                raise _wrong(name, "true or false", getattr(self, name))
        self._check_atrous_rates()
        self._check_log_scales()

    def _check_atrous_rates(self) -> None:
        rates = self.atrous_rates
        few = type(rates) is tuple and len(rates) <= MOST_ATROUS_RATES
        if not few or not all(type(rate) is int and 1 <= rate <= LARGEST_DILATION for rate in rates):
            needed = f"at most {MOST_ATROUS_RATES} whole numbers from 1 to {LARGEST_DILATION}"
            raise _wrong("atrous_rates", needed, rates)

    def _check_log_scales(self) -> None:
        low, high = self.log_scale_minimum, self.log_scale_maximum
        for name, value in (("log_scale_minimum", low), ("log_scale_maximum", high)):
            unlimited = name == "log_scale_maximum" and value == math.inf
            # What is not a number fails the comparison, too.
            if type(value) not in (int, float) or not (unlimited or abs(value) <= LOG_SCALE_LIMIT):
                raise _wrong(name, f"a number from {-LOG_SCALE_LIMIT:g} to {LOG_SCALE_LIMIT:g}", value)
        if not low < high:
            raise _wrong("log_scale_maximum", f"above {low}", high)

    @classmethod
    def original(
        cls, features: int = 64, blocks: int = 3, components: int = 10, scales: int = 3
    ) -> NetworkConfiguration:
        """The paper's network, whose official checkpoints load key for key."""
        return cls(
            features=features,
            blocks=blocks,
            components=components,
            scales=scales,
            shared_scales=1,
            layout="edsr",
            atrous_rates=(1, 2, 4),
            inputs="normalised",
            learned_remainders=False,
            truncation=False,
            linear_kernel=0,
            relative_means=False,
            coefficients="sigmoid",
            log_scale_minimum=-7.0,
            log_scale_maximum=float("inf"),
        )

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> NetworkConfiguration:
        """Build from what `to_dict` gave; unknown or missing names are an error, never a guess."""
        if not isinstance(values, dict):
            raise ModelError("The model's configuration is not a list of names and values.")
        names = {field.name for field in fields(cls)}
        if not names - _LATER_FIELDS <= set(values) <= names:
            odd = ", ".join(repr(name)[:40] for name in sorted(set(values) ^ names, key=str)[:3])
            raise ModelError(f"The model's configuration does not fit this version of the program ({odd}).")
        rates = values["atrous_rates"]
        return cls(**{**values, "atrous_rates": tuple(rates) if isinstance(rates, list | tuple) else rates})

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        values = {**asdict(self), "atrous_rates": list(self.atrous_rates)}
        unused = {field.name for field in fields(self) if values[field.name] == field.default} & _LATER_FIELDS
        return {name: value for name, value in values.items() if name not in unused}

    @property
    def weight_sets(self) -> int:
        """Sets of weights: the coarse scales that share count once."""
        return self.scales - self.shared_scales + 1

    def weight_set(self, scale: int) -> int:
        """Which set codes `scale` (0 is the full image). Set 0 is the coarsest, as in official checkpoints."""
        from_coarsest = self.scales - 1 - scale
        return max(0, from_coarsest - (self.shared_scales - 1))

    @property
    def remainder_outputs(self) -> int:
        """Outputs of the remainders' classifier: four logits per channel, and the products' strengths."""
        return 12 + (3 if self.remainder_products else 0)

    @property
    def parameters_per_pixel(self) -> int:
        """Outputs of a classifier: three parameters per component and channel, and the coefficients."""
        if self.coefficients == "sigmoid":
            return 4 * 3 * self.components
        return 9 * self.components + 3


_BOUNDS = {
    "features": (1, 512),
    "blocks": (0, 32),
    "remainder_blocks": (0, 32),
    "components": (1, 10),
    "scales": (1, 8),
    "shared_scales": (1, 8),
    "linear_kernel": (0, 15),
}
_WORDS = {"layout": get_args(Layout), "inputs": get_args(Inputs), "coefficients": get_args(Coefficients)}
_SWITCHES = ("learned_remainders", "truncation", "relative_means", "remainder_products")


def _wrong(name: str, needed: str, value: object) -> ModelError:
    return ModelError(f"The network's {name} must be {needed}, not {repr(value)[:60]}.")
