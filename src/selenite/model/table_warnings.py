"""What to look out for in the table that a model was fitted to, as a page shows it."""

from __future__ import annotations

from selenite.markup import Markup, element, name
from selenite.model.model import Model
from selenite.table import Table
from selenite.table.audit import audit

LONGEST = 400  # characters


def table_warnings(model: Model, table: Table) -> list[Markup]:
    """Return a paragraph for each finding in a table that has the answers."""
    kinds = {column.name: column for column in model.schema.columns}
    found = audit(table, model.target.name, kinds=kinds, task=model.target.task)
    texts = [one.message for one in found]
    return [element("p", name(f"{text[:1].upper()}{text[1:]}.", LONGEST), class_="warning") for text in texts]
