"""Season contracts as people live them: absences, shared baskets, waiting lists, trials."""
