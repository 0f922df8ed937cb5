"""The page on Python: its examples run, and print what is shown; recipes for other libraries where these are."""

import warnings
from importlib.util import find_spec

import pytest

from documentation import ROOT, go_to_clone, page, refuse_dead_links, run_python

PAGE = page("docs/python.md")
OWN, RECIPES = PAGE.split("## To SHAP and to MLflow")
SHAP, MLFLOW = RECIPES.split("[MLflow](")


def beginning():
    """Return the block that makes the table and the classifier, which the recipes go on with."""
    return "```python\nimport pandas" + OWN.split("```python\nimport pandas", 1)[1].split("```", 1)[0] + "```\n"


def assert_printed(text):
    for printed, shown in run_python(text, "docs/python.md"):
        assert printed == shown or not shown


def test_its_examples_print_what_is_shown(tmp_path, monkeypatch):
    go_to_clone(tmp_path, monkeypatch)
    assert_printed(OWN)


@pytest.mark.parametrize(("library", "recipe"), [("shap", SHAP), ("mlflow", MLFLOW)])
def test_recipes_for_other_libraries(library, recipe, tmp_path, monkeypatch):
    if find_spec(library) is None:
        pytest.skip(f"no {library}: its recipe was NOT tested")
    go_to_clone(tmp_path, monkeypatch)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of theirs
        assert_printed(beginning() + recipe)


def test_its_links_lead_somewhere():
    refuse_dead_links(PAGE, ROOT / "docs")
