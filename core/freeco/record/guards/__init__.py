"""The triggers that keep the record whole, one file for each engine; ``core_0014`` sets them.

They are read and set as the ledger's are (``freeco.accounting.guards``); what they refuse is, on
both engines, an IntegrityError that begins with ``record:``.
"""
