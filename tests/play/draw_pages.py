"""The pictures of the playground in docs, taken of the page in Chromium as a visitor would see it.

    python tests/play/draw_pages.py

It waits for what the page says, never for a time: how fast the machine is does not show.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

from PIL import Image
from playwright.sync_api import expect, sync_playwright

from asking import INSIDE, STAND_STILL

ROOT = Path(__file__).parents[2]
TABLE = ROOT / "tests/data/pima_diabetes.csv"
SELENITE = (sys.executable, "-m", "selenite")
EPOCHS = 780  # by then two moons are parted
PATIENCE = 60_000  # ms, at most
AXIS = "(place) => inside.store.state.axes[place].name"
FRAME = 100  # ms of the moving picture
FLY_TO = """(time) => document.getAnimations().forEach((flight) => {
  if (time < flight.effect.getComputedTiming().endTime) flight.currentTime = time;
  else flight.finish();
})"""


@contextmanager
def playing(browser, *source):
    """Serve a playground, and give its page at the size of a laptop."""
    command = (*SELENITE, "play", *map(str, source), "--no-browser", "--json")
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as served:
        try:
            page = browser.new_page(viewport={"width": 1280, "height": 720}, device_scale_factor=1.25)
            page.set_default_timeout(PATIENCE)
            page.emulate_media(reduced_motion="reduce", color_scheme="light")
            page.route("**/page/main.js", let_in)
            page.goto(json.loads(served.stdout.readline())["address"])
            expect(page.locator("#figures tbody td").first).to_be_attached()
            yield page
            page.close()
        finally:
            served.terminate()


def let_in(route):
    """Give the page's script, and with it what it knows."""
    answer = route.fetch()
    route.fulfill(response=answer, body=answer.text() + INSIDE)


def shoot(page, name):
    """Write what is in view, once nothing moves and no notice stands over it."""
    for dismiss in page.get_by_role("button", name="Dismiss").all():
        dismiss.click()
    page.mouse.move(640, 5)
    before, now = b"", page.screenshot()
    while now != before:
        before, now = now, page.screenshot()
    Image.open(BytesIO(now)).convert("RGB").quantize(256, Image.Quantize.MAXCOVERAGE, dither=0).save(
        ROOT / "docs" / name, optimize=True
    )


def draw_moons(browser):
    """Two moons learnt, and why the second hidden unit has its value."""
    with playing(browser) as page:
        page.click("#settings")
        page.get_by_label("Stop after").fill(str(EPOCHS))
        page.get_by_label("Stop after").press("Enter")
        page.keyboard.press("Escape")
        page.click("#play")
        expect(page.locator("#clock")).to_have_text(re.compile(rf"epoch {EPOCHS}\b"))
        expect(page.locator("#play")).to_contain_text("Play")
        page.click("button.unit[aria-label='h2']")
        expect(page.locator("#why-box .formula").first).to_be_visible()
        shoot(page, "play.png")


def draw_learning(browser):
    """Two moons being learnt, and then the sum that the output makes of a row: ten seconds."""
    frames = []
    with playing(browser) as page:
        page.mouse.move(640, 5)
        for epoch in sorted({round(40 ** (step / 20)) for step in range(37)}):  # to as many as draw_moons has
            page.evaluate("(epoch) => inside.call('reach', { epoch })", epoch)
            expect(page.locator("#clock")).to_have_text(f"epoch {epoch:,}")
            frames.append((still(page), FRAME))
        for unit in ("h1", "h2", "h3", "h4"):
            page.click("#operation")
            expect(page.locator("#why-box h3")).to_have_text(f"Unit {unit}")
        page.emulate_media(reduced_motion="no-preference")
        page.evaluate(STAND_STILL)
        page.click("#operation")
        expect(page.locator(".standing .sum")).to_have_text("z 0")
        for time in range(0, 1500, 60):
            page.evaluate(FLY_TO, time)
            frames.append((still(page), FRAME))
        expect(page.locator("canvas.bend")).to_be_visible()
        page.wait_for_timeout(1000)  # until z has slid into a
        frames.append((still(page), 3500))
    pictures, times = zip(*frames, strict=True)
    pictures[0].save(
        ROOT / "docs/learning.webp",
        save_all=True,
        append_images=pictures[1:],
        duration=times,
        loop=0,
        quality=60,
        minimize_size=True,
    )


def still(page):
    """Return what is in view, three quarters as large."""
    return Image.open(BytesIO(page.screenshot(scale="css"))).convert("RGB").resize((960, 540), Image.Resampling.LANCZOS)


def draw_model(browser):
    """A model of several networks, made from a table, with the table's rows."""
    with TemporaryDirectory() as folder:
        model = Path(folder, "diabetes.selenite")
        subprocess.run(
            [*SELENITE, "fit", TABLE, "--target", "target", "--test-fraction", "0.25", "-o", model, "-q"], check=True
        )
        with playing(browser, model, TABLE) as page:
            expect(page.locator("#intro")).to_contain_text("diabetes.selenite")
            for place, (field, column) in enumerate((("#field-across", "glucose"), ("#field-up", "bmi"))):
                page.locator(field).select_option(column)
                while page.evaluate(AXIS, place) != column:  # the page has taken it
                    page.wait_for_timeout(20)
            expect(page.locator("#row-box")).to_contain_text("rows the model was made from")
            shoot(page, "play-model.png")


def main():
    with sync_playwright() as driver:
        path = os.environ.get("CHROMIUM") or shutil.which("chromium")
        browser = driver.chromium.launch(executable_path=path, args=["--no-sandbox"])
        expect.set_options(timeout=PATIENCE)
        draw_moons(browser)
        draw_learning(browser)
        draw_model(browser)
        browser.close()


if __name__ == "__main__":
    main()
