"""Drawn selfies, so that no photograph of anybody is needed.

A drawing depends on its arguments alone: the same call gives the same bytes.
"""

from sandbox.selfies.drawing import draw, draw_selfie
from sandbox.selfies.film import write_camera_film

__all__ = ["draw", "draw_selfie", "write_camera_film"]
