"""Order sessions: the open shop beside the contracts, several producers in one basket.

A session opens and closes at hours everybody knows; stock is kept by rows that the database
never lets go below nought; what was ordered, allotted and weighed stand side by side.
"""
