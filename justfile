# List the recipes
default:
    @just --list

# What CI does
check: format-check lint types imports test

# Format and mend what can be mended
fix:
    ruff format src tests benchmarks
    ruff check --fix src tests benchmarks

format-check:
    ruff format --check src tests benchmarks

lint:
    ruff check src tests benchmarks

types:
    mypy

imports:
    lint-imports

test:
    pytest -n auto

# Draw the README's picture again
picture:
    selenite tutorial 2 -o docs/tutorial2.png
