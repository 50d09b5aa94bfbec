"""Limits of what is decoded: `sessionlint.limits` has them all."""

from sessionlint.limits import Limits

__all__ = ["Limits"]
