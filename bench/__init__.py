"""Benchmarks: every figure is a ratio against a peer timed in the same run; `make bench` prints them."""
