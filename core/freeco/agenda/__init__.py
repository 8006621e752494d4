"""What is coming for a member, as a page and as a calendar feed they may revoke."""
