"""Project decisions: from an idea to a vote nobody can forge, to the work done."""
