"""The ethical charter: its acceptance is the only condition of membership."""
