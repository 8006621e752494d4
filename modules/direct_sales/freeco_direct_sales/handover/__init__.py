"""Handing the season over: where all stands, notes, exercises, and what our letters say."""
