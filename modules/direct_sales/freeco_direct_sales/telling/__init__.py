"""What producers are told at their hour, and what they tell everybody at once."""
