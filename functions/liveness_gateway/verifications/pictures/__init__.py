"""JPEG and PNG files as bytes: their size, their parts, and what of them is no picture.

Nothing here decodes or encodes pixels. Every function reads the bytes once, in linear time.
"""
