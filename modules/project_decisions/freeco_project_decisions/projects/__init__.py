"""Projects: from what is proposed to what was done, with hands, tasks, meetings and a budget."""
