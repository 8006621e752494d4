"""What people see: pages, forms, styles."""
