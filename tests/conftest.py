"""What tests of several floors use."""

import gc
import os
import shutil
import signal
import sys
from contextlib import ExitStack
from importlib.util import find_spec

import pytest

from selenite.backend import limit_threads
from selenite.training import Callback

collect_ignore_glob = ["*conftest.py"]  # which have no doctests, and one name in all folders


class Witness(Callback):
    """Keeps the parameters of every epoch."""

    every_epoch = True

    def __init__(self):
        self.seen = []

    def epoch(self, progress):
        self.seen.append(progress.parameters.copy())


def pytest_configure(config):
    """Let programs end by signals as at a terminal: a shell's background jobs, and all they start, ignore some.

    Let Python compile what it imports once, tests too, not in every worker and program that a test starts. And let
    OpenBLAS take one thread in workers and programs, which share the processors: its threads spin while they wait for
    one another. So do the kernel's, which are one as well where a test does not ask for more.
    """
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    sys.dont_write_bytecode = False
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    for name, usual in (("SIGINT", signal.default_int_handler), ("SIGHUP", signal.SIG_DFL)):
        number = getattr(signal, name, None)  # Windows has no SIGHUP
        if number is not None and signal.getsignal(number) == signal.SIG_IGN:
            signal.signal(number, usual)
    threads = ExitStack()
    threads.enter_context(limit_threads(1))
    config.add_cleanup(threads.close)


@pytest.hookimpl(wrapper=True)
def pytest_collection():
    """Let Python look for garbage among what tests make alone: what is imported and collected stays to the end."""
    gc.disable()
    found = yield
    gc.freeze()
    gc.enable()
    return found


def pytest_collection_modifyitems(items):
    """Skip what is parametrised with the kernel where there is none."""
    if find_spec("selenite._kernel") is not None:
        return
    for item in items:
        if hasattr(item, "callspec") and "kernel" in item.callspec.id.split("-"):
            item.add_marker(pytest.mark.skip(reason="there is no compiled kernel"))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """Let a worker go through neighbours, which share what is made once for a file, and at the end help others."""
    from xdist.scheduler import WorkStealingScheduling

    return WorkStealingScheduling(config, log) if config.getoption("dist") == "load" else None


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers(config):
    """Take one worker more than processors: a third of the time tests wait, for programs and browsers."""
    return len(os.sched_getaffinity(0)) + 1 if hasattr(os, "sched_getaffinity") else None


@pytest.fixture
def short_linear_models(monkeypatch):
    """Train the linear model beside for a moment where it does not matter: its 6,000 steps are most of a small fit."""
    monkeypatch.setattr("selenite.fitting.plan.LINEAR_STEPS", 200)


@pytest.fixture
def witness():
    """Return a callback that sees every epoch."""
    return Witness()


@pytest.fixture(scope="session")
def chromium():
    """Debian's Chromium, driven by Playwright; where CI is set it must be there."""
    missing = pytest.fail if os.environ.get("CI") else pytest.skip
    try:
        from playwright import sync_api
    except ModuleNotFoundError:
        missing("no playwright: the page was NOT tested in a browser")
    path = os.environ.get("CHROMIUM") or shutil.which("chromium")
    if path is None:
        missing("no chromium (apt install chromium): the page was NOT tested in a browser")
    with sync_api.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def axe_tab(chromium):
    """A tab in which axe may be put into any page."""
    context = chromium.new_context(bypass_csp=True)
    yield context.new_page()
    context.close()


@pytest.fixture
def axe_page(axe_tab):
    """The tab at the size of a laptop; its page is left behind."""
    axe_tab.set_viewport_size({"width": 1280, "height": 800})
    axe_tab.emulate_media(media="null", color_scheme="light", reduced_motion="reduce")
    yield axe_tab
    axe_tab.goto("about:blank")


@pytest.fixture(scope="session")
def offline_tab(chromium):
    """A tab without a network, for one page from disk after the other: a new tab costs a third of a page."""
    context = chromium.new_context(offline=True, accept_downloads=True)
    yield context.new_page()
    context.close()


@pytest.fixture
def offline_page(offline_tab):
    """The tab at the size of a laptop; on its pages nothing may go wrong, and nothing be asked for or left behind."""
    page, problems = offline_tab, []
    page.set_viewport_size({"width": 1280, "height": 800})
    page.emulate_media(color_scheme="null", reduced_motion="reduce")  # nothing begins by itself
    page.mouse.move(0, 0)
    listeners = {
        "console": lambda message: problems.append(message.text) if message.type == "error" else None,
        "pageerror": lambda error: problems.append(str(error)),
        "request": lambda request: problems.append(request.url) if request.url.startswith("http") else None,
    }
    for event, listener in listeners.items():
        page.on(event, listener)
    yield page
    page.evaluate("try { localStorage.clear(); } catch { /* there is no page */ }")
    for other in set(page.context.pages) - {page}:
        other.close()
    page.goto("about:blank")
    for event, listener in listeners.items():
        page.remove_listener(event, listener)
    assert problems == []
