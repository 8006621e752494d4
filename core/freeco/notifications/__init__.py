"""What is sent to people: an outbox of e-mails in the transaction that causes them."""
