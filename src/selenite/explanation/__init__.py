"""A prediction taken apart: by the columns of a table, and number by number."""
