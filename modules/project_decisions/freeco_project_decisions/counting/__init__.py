"""Counting votes: integers and fractions only; no database, no Flask, no clock.

Each method is one file with one function that takes what was voted and gives an ``Outcome``:
who comes first, who is tied with whom, and the whole derivation as JSON. A tie is returned as a
tie, or settled by the order of a ``Lot`` that was announced when the vote opened; never by the
order in which something happened to be stored.
"""
