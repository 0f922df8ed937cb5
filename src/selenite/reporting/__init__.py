"""One page about a model, to send to a colleague.

Reading order: markup, facts, mistakes, the sections good, wrong, matters, data, inside and again, page.
"""

from selenite.reporting.page import Report, report

__all__ = ["Report", "report"]
