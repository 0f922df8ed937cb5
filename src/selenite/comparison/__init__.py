"""Two models side by side: what differs in their files, and in their answers on the same rows.

To read, in this order: `sides`, `files`, `answers`, `better`, `text`; `difference` puts it together.
"""

from selenite.comparison.difference import Difference, diff

__all__ = ["Difference", "diff"]
