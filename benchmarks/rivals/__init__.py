"""What is compared in training: each a program of its own, `python -m benchmarks.rivals.NAME`, that takes
turns (`benchmarks.rivals.turns`). But for `ours` they are written as one would write them who has no Fitting
Room.
"""
