"""Proof by faults: `make faults` kills, cuts, flips and fills, and counts what is lost; nothing may be."""
