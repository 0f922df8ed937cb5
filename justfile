# What a contributor needs before a commit (`just --list` has the other recipes)
check: format-check lint types imports test

# Format and mend what can be mended
fix:
    ruff format src tests benchmarks docs
    ruff check --fix src tests benchmarks docs

format-check:
    ruff format --check src tests benchmarks docs

lint:
    ruff check src tests benchmarks docs

types:
    mypy

imports:
    lint-imports

test:
    pytest -n auto

# Draw all pictures of the docs, and write the leaderboard (of the results kept) and the page of the commands, again
docs:
    selenite tutorial 2 -o docs/tutorial2.png
    python tests/docs/test_lessons.py
    python benchmarks/leaderboard.py
    python tests/play/draw_pages.py
    python tests/docs/test_commands_page.py

# Write README, docs and lessons as pages, the playground in the lessons, to build/site
site:
    python docs/site/build.py build/site

# Compare the speed with NumPy's and with what else is installed
bench:
    python benchmarks/run.py

# Open the playground
play:
    selenite play

# Build the kernel again after a change
kernel:
    pip install -q --no-deps -e .

# Write again what is made of nn/ and kernel/: the playground's kernel, activations and losses, and the page of the commands
page:
    .ci/wasm
    python tests/play/worker/functions.py
    python tests/docs/test_commands_page.py

# The kernel's tests under AddressSanitizer and UndefinedBehaviorSanitizer
sanitize:
    .ci/sanitize address,undefined

# The kernel's tests of threads under ThreadSanitizer
threads:
    .ci/sanitize thread tests/kernel/test_threads.py

# The kernel for NEON under an emulator
neon:
    .ci/neon

# Tests of every floor on NumPy alone
without-kernel:
    .ci/without-kernel
