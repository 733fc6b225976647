"""Figures, not verdicts: `make bench` prints medians and ratios; timing never decides a test."""
