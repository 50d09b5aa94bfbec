"""Paths to captures: files, what lies in folders, and what archives, HAR files and HTTP dumps hold.

`files` opens, `content` tells what the bytes are and enters containers; each kind of container has a
module of its own, which is loaded when the first of its kind is met.
"""
