"""The one map: communes drawn by the server, the places the modules know, the list beside."""
