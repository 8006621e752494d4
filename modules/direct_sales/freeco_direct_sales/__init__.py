"""Direct sales: season contracts, distributions, and the sheets people sign."""
