"""Secret polls on this site: who opens the sum, who hands out codes, the board, and its file."""
