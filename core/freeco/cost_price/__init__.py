"""Cost price: what the platform costs, how that is shared, and what is given back."""
