"""The page in a real browser: seen, trained, filled with own data, by keyboard alone, by strangers, offline."""

import http.server
import re
import threading
import time

import numpy as np
import pytest

from in_browser import assert_accessible
from selenite.play import guard
from selenite.play.files import open_table
from selenite.table import Numbers, ReadOptions, Table, Text

pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning")


def test_a_first_success_within_seconds(seen):
    seen.open()
    assert seen.text("#intro").startswith(
        "100 rows. A network with 4 hidden units predicts label, one of 2 classes. Press Play"
    )
    assert seen.page.url.endswith("/")  # the token is not left in the address
    seen.page.click("#play")
    seen.until(lambda: seen.text("#figures tbody td") == "100 %", 10)
    seen.pause()
    assert "0 of 100 points wrong" in seen.text("#summary")
    before = seen.epoch()
    time.sleep(0.3)
    assert seen.epoch() == before


def test_part_2_reaches_1_50_and_20_seeds_tell_that_it_was_luck(seen):
    seen.open()
    page = seen.page
    page.select_option("#lesson", "part2")
    page.wait_for_selector("#lesson-box h2:has-text('Biases matter')")
    seen.until(lambda: seen.epoch() == 0)
    page.select_option("#speed", "0")
    page.click("#play")
    seen.until(lambda: seen.epoch() == 200_000, going=seen.epoch)
    seen.until(lambda: "1.5033" in seen.text("#figures"))
    seen.until(lambda: "All 200,000 epochs" in seen.text("#doctor"))
    page.click("#settings")
    set_epochs(seen, 20_000)  # a tenth of the article's tells the same
    page.click("#twenty")
    seen.until(lambda: "of 20 get below 2" in seen.text("#seeds-box"), going=lambda: seen.text("#twenty"))
    assert page.query_selector("#answer") is None  # biases are still to be tried
    assert re.search(r"[456] of 20 get below 2", seen.text("#seeds-text"))
    page.eval_on_selector("#set-epochs", "box => { box.dataset.old = 1; }")
    page.check("#check-biases")
    page.wait_for_selector("#set-epochs:not([data-old])")  # drawn anew: what is written before that is lost
    set_epochs(seen, 2000)
    page.click("#twenty")
    seen.until(lambda: "20 of 20" in seen.text("#lesson-box"), going=lambda: seen.text("#twenty"))


def set_epochs(seen, epochs):
    seen.page.fill("#set-epochs", str(epochs))
    seen.page.press("#set-epochs", "Enter")
    seen.until(lambda: seen.state()["settings"]["epochs"] == epochs)


def test_steps_back_and_the_timeline(seen):
    seen.open()
    page = seen.page
    page.click("#settings")
    page.select_option("#set-batch_size", "16")
    page.keyboard.press("Escape")
    page.wait_for_selector("#batch:not([disabled])")
    for button in ("epoch", "epoch", "batch", "row"):
        page.click(f"#{button}")
    page.wait_for_selector("#clock:has-text('epoch 2, row 17')")
    page.click("#back")
    page.wait_for_selector("#clock:has-text('epoch 2, row 16')")
    page.focus("#timeline")
    page.keyboard.press("Home")
    page.wait_for_selector("#clock:has-text('epoch 0')")
    page.click("#operation")
    page.wait_for_selector("#why-box h3:has-text('Unit h1')")
    assert "Σ weight × input + bias" in seen.text("#why-box")


@pytest.fixture
def small_files(monkeypatch):
    """A server that takes files of a mebibyte, not to send 64 here: what it says is the same."""
    monkeypatch.setattr(guard, "MOST_BODY", 1 << 20)


def test_what_is_too_large_is_said_and_a_table_with_a_number_is_told_in_plain_words(small_files, seen, tmp_path):
    (tmp_path / "long.csv").write_bytes(b"a,b\n" + b"1,2\n" * ((guard.MOST_BODY >> 2) + 1))
    (tmp_path / "wide.csv").write_text(",".join(f"c{i}" for i in range(20_000)) + "\n")
    seen.open()
    page = seen.page
    for name, said in (
        ("wide.csv", "wide.csv has 20,000 columns"),
        ("long.csv", "the page takes files of at most 64 MiB"),
    ):
        page.set_input_files("#picker", tmp_path / name)
        page.wait_for_selector(f"#alert:has-text('{said}')")
    assert seen.text("#intro").startswith("100 rows.")
    seen.problems = [problem for problem in seen.problems if "413" not in problem]  # Chromium names the status
    rides = "".join(f"{i % 24},{i % 24 * 3.5 + i % 7}\n" for i in range(1200))
    (tmp_path / "rides.csv").write_text(f"hour,cnt\n{rides}")
    page.set_input_files("#picker", tmp_path / "rides.csv")
    page.wait_for_selector(
        "#intro:has-text('1,200 rows. A network with 4 hidden units predicts cnt, a number. Press Play')"
    )
    assert page.query_selector("#intro").bounding_box()["height"] < 30  # one line
    assert "900 training rows, 300 test rows" in seen.text("#row-box")
    page.fill("label:has-text('Test share') input", "0")
    page.keyboard.press("Enter")
    page.wait_for_selector("#row-box:has-text('1,200 training rows, no test rows: every figure is of rows that it')")


def test_a_table_that_cannot_be_learnt_from_is_refused_in_words_and_a_set_stands_in_its_place(seen):
    names = Text(np.arange(200, dtype=np.int32), tuple(f"bottle-{i}" for i in range(200)))
    table = Table(("note", "y"), (names, Numbers(np.arange(200.0) % 7)), 200, "t.csv")
    files = seen.playground.files
    seen.playground.first = lambda: open_table(files, table, ReadOptions())
    seen.open()
    seen.page.wait_for_selector("#alert:has-text('all are constant or identifiers')")
    assert seen.text("#intro").startswith("100 rows.")
    seen.problems = [problem for problem in seen.problems if "400" not in problem]  # Chromium names the status


def test_an_own_file_trains_and_goes_home(seen, tmp_path):
    rows = [f"{i % 7},{(i * 5) % 11},{'ab'[(i % 7 > 3) != (i * 5 % 11 > 5)]},{'xyz'[i % 3]}" for i in range(200)]
    (tmp_path / "own.csv").write_text("first,second,kind,third\n" + "\n".join(rows) + "\n")
    seen.open()
    page = seen.page
    page.set_input_files("#picker", tmp_path / "own.csv")
    page.wait_for_selector("label:has-text('Predict')")
    page.select_option("label:has-text('Predict') select", "kind")
    page.wait_for_selector("#legend:has-text('b')")
    page.click("#play")
    seen.until(lambda: seen.epoch() > 50)
    seen.pause()
    page.click("#export")
    with page.expect_download() as download:
        page.click("#take-model")
    assert download.value.suggested_filename == "model.selenite"
    from selenite.model import load

    assert load(download.value.path()).target.classes == ("a", "b")


def test_points_are_drawn_and_shared_by_link(seen):
    seen.open()
    page = seen.page
    seen.draw_points(other=1)
    page.click("#share")
    page.wait_for_selector("#link")
    link = page.input_value("#link")
    assert len(link) < 8000
    page.click("dialog form button")
    page.reload()
    page.wait_for_selector("#alert:has-text('4 drawn points')")


def test_the_keyboard_does_everything(seen):
    seen.open()
    page = seen.page
    page.keyboard.press("Space")
    seen.until(lambda: seen.epoch() > 5)
    page.keyboard.press("Space")
    seen.until(lambda: "Play" in seen.text("#play"))
    page.keyboard.press("Home")
    page.wait_for_selector("#clock:text-is('epoch 0')")
    page.keyboard.press("ArrowRight")
    page.wait_for_selector("#clock:text-is('epoch 1')")
    page.keyboard.press("ArrowLeft")
    page.wait_for_selector("#clock:text-is('epoch 0')")
    page.keyboard.press("b")
    page.wait_for_selector("#check-biases:not(:checked)", state="attached")
    page.keyboard.press("Control+z")
    page.wait_for_selector("#check-biases:checked", state="attached")
    page.keyboard.press("]")
    page.wait_for_selector("button.unit[aria-label='h2.4']")
    page.keyboard.press("2")
    page.focus("button.unit >> nth=0")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_selector("#why-box h3")
    page.keyboard.press("?")
    page.wait_for_selector("dialog[open]")
    page.keyboard.press("Escape")
    page.focus("#surface")
    page.keyboard.press("ArrowUp")
    page.wait_for_selector("#under:has-text('→')")


def test_two_runs_side_by_side(seen):
    seen.open()
    page = seen.page
    page.click("#beside")
    page.wait_for_selector("#beside[aria-pressed=true]")
    page.select_option("#set-learning_rate", "0.01")
    page.click("#play")
    seen.until(lambda: seen.epoch() > 20)
    page.click("#play")
    page.wait_for_selector("#other-surface:visible")
    assert "A " in seen.text("#losses .other")
    titles = [page.inner_text(f".plot >> nth={i} >> figcaption") for i in (0, 1)]
    assert [title.split(",")[0] for title in titles] == ["B learning rate 0.01", "A learning rate 0.1"]


SIZES = ((1280, 800), (390, 844), (640, 400))  # the last is 1280 × 800 at 200 %


def test_axe_finds_nothing(seen_by_axe):
    """At each size; of colours where all stands side by side, and of those of a narrow page's tabs."""
    page = seen_by_axe.page
    page.click("#settings")
    page.evaluate("for (const id of ['epoch', 'epoch', 'show-backward']) document.querySelector('#' + id).click()")
    page.evaluate("document.querySelectorAll('button.unit')[3].click()")
    page.wait_for_selector("#why-box .formula", state="attached")
    both = ("dark", "light")
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        assert_accessible(page, themes=both if width != 640 else ())
        for dialog in ("#help", "#export", "#share"):
            page.click(dialog)
            page.wait_for_selector("dialog[open]")
            page.evaluate("document.querySelectorAll('dialog details').forEach((part) => { part.open = true; })")
            assert_accessible(page, "dialog[open]", both if width == 1280 else ())
            page.keyboard.press("Escape")
    page.set_viewport_size({"width": 1280, "height": 800})
    page.click("#reset")
    page.evaluate("document.querySelector('#view-runs').click()")
    page.wait_for_selector("#again-1")
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        for tab in ("data", "network", "why", "curves") if width < 820 else ("curves",):  # else all stand side by side
            page.evaluate(f"document.querySelector('#tab-{tab}').click()")
            assert_accessible(page, themes=both if width == 1280 else ())
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_hostile_names_stay_text(seen_in, context, tmp_path):
    nasty = "<img src=x onerror=alert(1)><script>alert(2)</script>"
    quoted = nasty.replace('"', '""')
    rows = "".join(f'{i % 5},{i % 3},"{quoted}{i % 2}"\n' for i in range(60))
    path = tmp_path / "x<b>onmouseover=alert(1)<b>.csv"
    path.write_text(f'"{quoted}","=cmd()|x","{quoted}y"\n{rows}')
    seen = seen_in(context)
    seen.page.add_init_script(
        "window.violations = 0; addEventListener('securitypolicyviolation', () => { window.violations += 1; });"
        "window.alert = () => { window.violations += 100; };"
    )
    seen.open()
    seen.page.set_input_files("#picker", path)
    seen.page.wait_for_selector("label:has-text('Predict')")
    seen.page.click("#epoch")
    seen.page.wait_for_selector("#clock:has-text('epoch 1')")
    assert "<script>" in seen.text("#legend")
    assert seen.page.evaluate("document.querySelectorAll('main script, main img, main b').length") == 0
    assert seen.page.evaluate("window.violations") == 0
    seen.leave()


def test_a_strangers_page_gets_nothing(context, playground):
    port = playground.port
    attack = f"""<!doctype html>
    <form id=f method=post action="http://127.0.0.1:{port}/api/begin" enctype="text/plain" target=t>
    <input name='{{"x":"' value='"}}'></form><iframe name=t></iframe>
    <iframe id=i src="http://127.0.0.1:{port}/"></iframe>
    <img id=p src="http://127.0.0.1:{port}/page/icon.png"><script>
    window.found = [];
    const note = (name) => [() => found.push(name + " worked"), () => found.push(name + " blocked")];
    fetch("http://127.0.0.1:{port}/page/main.js").then(...note("fetch"));
    const headers = {{"content-type": "application/octet-stream", "x-selenite-token": "x"}};
    fetch("http://127.0.0.1:{port}/api/begin", {{method: "POST", headers, body: "{{}}"}}).then(...note("post"));
    const worker = new Worker("data:text/javascript,import('http://127.0.0.1:{port}/page/worker/worker.js')"
      + ".then(() => postMessage('worked'), () => postMessage('blocked'))", {{type: "module"}});
    worker.onmessage = (event) => found.push("module " + event.data);
    [p.onload, p.onerror] = note("image");
    f.submit();
    </script>"""

    class Attacker(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.send_header("content-type", "text/html")
            self.end_headers()
            self.wfile.write(attack.encode())

        def log_message(self, *args):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Attacker)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    page = context.new_page()
    page.goto(f"http://127.0.0.1:{server.server_port}/")
    page.wait_for_function("found.length >= 4")
    time.sleep(0.5)
    assert sorted(set(page.evaluate("found"))) == ["fetch blocked", "image blocked", "module blocked", "post blocked"]
    inside = [frame for frame in page.frames if frame != page.main_frame]
    assert all(not frame.query_selector("#play") for frame in inside)
    server.shutdown()
    server.server_close()
