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

# Draw the lessons' pictures again
lessons:
    python tests/test_lessons.py

# Build the kernel again after a change
kernel:
    pip install -q --no-deps -e .

# The kernel's tests under AddressSanitizer and UndefinedBehaviorSanitizer
sanitize:
    .ci/sanitize address,undefined

# The kernel's tests of threads under ThreadSanitizer
threads:
    .ci/sanitize thread tests/kernel/test_threads.py
