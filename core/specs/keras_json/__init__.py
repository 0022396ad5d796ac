"""Keras's own JSON of a network: what `to_json` prints, taken (`reading`) and given (`writing`).

It is data; nothing is ever imported on its word.
"""
