"""Documents: invoices, credit notes, statements and gift receipts, numbered without a gap."""
