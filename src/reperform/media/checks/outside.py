"""What was not to change: how near it is to the original, and whether its colours are off."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from reperform.model import Check

if TYPE_CHECKING:
    from reperform.media.checks.pairs import Pair
    from reperform.media.checks.verdicts import Verdicts

__all__ = ["check_outside", "decibels", "similarity"]

_SAME = 99.0
"""Decibels that are said of pictures that are equal."""
_FLOOR_1, _FLOOR_2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2
"""Of structural similarity, as its authors have them."""
_WINDOW = (8, 8)
_NORMED = (np.uint8, np.uint16, np.float32)


def decibels(original: NDArray[Any], taken: NDArray[Any], where: NDArray[np.bool_], *, scale: float) -> float:
    """Peak signal to noise of a plane there; `scale` numbers are one level of 8 bits."""
    import cv2

    mask = where[: taken.shape[0], : taken.shape[1]].view(np.uint8)
    one, other = (plane if plane.dtype in _NORMED else plane.astype(np.float32) for plane in (original, taken))
    error = float(cv2.norm(one, other, cv2.NORM_L2SQR, mask)) / max(1, int(np.count_nonzero(mask))) / scale**2
    return min(_SAME, 10 * float(np.log10(255**2 / max(error, 1e-12))))


def similarity(original: NDArray[np.float32], taken: NDArray[np.float32], where: NDArray[np.bool_]) -> float:
    """Mean structural similarity there, of pictures in levels of 8 bits, in windows of 8 × 8 pixels."""
    import cv2

    def mean(picture: NDArray[np.float32]) -> NDArray[np.float32]:
        return np.asarray(cv2.boxFilter(picture, -1, _WINDOW), np.float32)

    one, other = mean(original), mean(taken)
    spread, other_spread = mean(original * original) - one * one, mean(taken * taken) - other * other
    together = mean(original * taken) - one * other
    found = (2 * one * other + _FLOOR_1) * (2 * together + _FLOOR_2)
    found = found / ((one * one + other * other + _FLOOR_1) * (spread + other_spread + _FLOOR_2))
    return float(found[where].mean()) if where.any() else 1.0


def check_outside(pairs: Sequence[Pair], verdicts: Verdicts, *, vmaf: Sequence[float] | None = None) -> list[Check]:
    """PSNR and SSIM of the worst frame, the mean VMAF where it was measured, and what colours are off over the cue."""
    limits, fix = verdicts.thresholds, "Make the take again with --composite whole, or ask for --another; look at both."
    seen = [pair for pair in pairs if pair.decibels is not None and pair.similarity is not None]
    if not seen:
        detail = "nothing was encoded that is to be the original's"
        return [Check(name="picture outside", passed=True, detail=detail), _colours(pairs, verdicts)]
    worst = min(seen, key=lambda pair: pair.decibels or 0.0)
    least = min(seen, key=lambda pair: pair.similarity or 0.0)
    said = f"outside what was performed at least {worst.decibels:.1f} dB from the original, in {len(seen)} frames"
    checks = [
        verdicts.verdict(
            "outside",
            "picture outside",
            f"{said}; {limits.psnr:g} wanted",
            good=(worst.decibels or 0.0) >= limits.psnr,
            frame=worst.frame,
            fix=fix,
        ),
        verdicts.verdict(
            "ssim",
            "structure outside",
            f"similarity at least {least.similarity:.3f}; {limits.ssim:g} wanted",
            good=(least.similarity or 0.0) >= limits.ssim,
            frame=least.frame,
            fix=fix,
        ),
    ]
    if vmaf:
        mean = float(np.mean(vmaf))
        detail = f"VMAF {mean:.1f} on average; {limits.vmaf:g} wanted"
        checks.append(verdicts.verdict("vmaf", "VMAF outside", detail, good=mean >= limits.vmaf, fix=fix))
    return [*checks, _colours(pairs, verdicts)]


def _colours(pairs: Sequence[Pair], verdicts: Verdicts) -> Check:
    performed = [pair for pair in pairs if pair.share]
    if not performed:
        return Check(name="colours", passed=True, detail="nothing was performed here")
    off = np.mean([pair.off for pair in performed], axis=0)
    worst = max(performed, key=lambda pair: max(map(abs, pair.off)))
    said = ", ".join(f"{name} {value:+.1f}" for name, value in zip(("brightness", "blue", "red"), off, strict=True))
    limit = verdicts.thresholds.colour
    return verdicts.verdict(
        "colour",
        "colours",
        f"off by {said} levels of 255 on average; {limit:g} allowed",
        good=float(np.abs(off).max()) <= limit,
        frame=worst.frame,
        fix="Use --composite changed, which puts colours right, or grade the take.",
    )
