"""From settings to a model: plan, members, ensemble; and the fit that is judged on rows it never used."""
