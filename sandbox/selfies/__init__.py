"""Drawn selfies, so that no photograph of anybody is needed.

A drawing depends on its arguments alone: the same call gives the same bytes.
"""

from sandbox.selfies.drawing import Box, draw, draw_selfie, face_boxes, write_camera_film

__all__ = ["Box", "draw", "draw_selfie", "face_boxes", "write_camera_film"]
