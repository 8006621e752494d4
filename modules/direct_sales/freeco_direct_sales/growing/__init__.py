"""The farm in its season: what it promised and brought, what it grows, who visits it."""
