"""From probability to recommendation: cut-offs, grades, points, cost of errors, expected loss."""
