"""How far figures may be off because they are floating-point numbers or were rounded."""

from collections.abc import Iterable


def float_error(figures: Iterable[float]) -> float:
    """What sums of floating-point numbers may be off: 1e-9 of the largest magnitude."""
    return 1e-9 * max(map(abs, figures))


def rounding_error(figures: Iterable[float]) -> float:
    """What figures computed from rounded ones may be off: 1.5 units of the most precise one's last decimal."""
    return float(1.5 * 10.0 ** -max(map(_decimals, figures)))


def _decimals(figure: float) -> int:
    mantissa, _, exponent = repr(figure).partition("e")
    return max(0, len(mantissa.partition(".")[2].rstrip("0")) - int(exponent or 0))
