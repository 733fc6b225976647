"""From probability to recommendation: cut-offs, grades, points, expected loss. The cost of errors: core.model.cut."""
