"""The page in one file, without a server of its own: the session runs in its worker, and nothing else is asked for."""

import http.server
import threading

import pytest

from in_browser import draw_points, until
from selenite.play.one_file import one_file


class WebSpace(http.server.BaseHTTPRequestHandler):
    """Gives the page, as any web space would."""

    def do_GET(self):
        self.send_response(200)
        self.send_header("content-type", "text/html")
        self.end_headers()
        self.wfile.write(one_file().encode())

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def address():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), WebSpace)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()


@pytest.fixture
def page(context, address):
    """The page on some web space."""
    page = context.new_page()
    problems = []
    page.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("request", lambda request: problems.append(request.url) if request.url.startswith("http") else None)
    page.goto(address)
    page.wait_for_selector("#figures tbody td", state="attached")
    yield page
    assert problems == [address]


@pytest.fixture
def file(offline_page, tmp_path):
    """The page in one file, opened from disk where there is no network."""
    path = tmp_path / "playground.html"
    path.write_text(one_file(), encoding="utf-8")
    assert path.stat().st_size < 1_500_000
    offline_page.goto(path.as_uri())
    offline_page.wait_for_selector("#figures tbody td", state="attached")
    return offline_page


def test_one_file_learns_from_disk_and_its_link_opens_in_it(file):
    learn(file)
    file.click(".unit >> nth=3")
    file.wait_for_selector("#why-box .formula")
    assert "adds up ✓" in file.text_content("#why-box")
    file.click("#share")
    link, at = file.input_value("#link"), epoch(file)
    assert link.startswith("file://")
    other = file.context.new_page()
    other.goto(link)
    other.wait_for_selector("#alert:has-text('Opened a link')")
    until(lambda: epoch(other) == at)


def test_one_file_trains_20_starts_on_all_processors(file):
    file.select_option("#lesson", "hidden")
    file.wait_for_selector("#lesson-box h2:has-text('A hidden layer')")
    file.click("#twenty")
    file.wait_for_selector("#seeds-text:has-text('20 of 20')", timeout=30_000)
    assert len(file.workers) <= 1  # the helpers have gone


PUPILS = "height;pet;passed\n" + "".join(
    f"{140 + i},5;{'cat' if i % 3 else 'dog'};{'yes' if i > 20 else 'no'}\n" for i in range(40)
)


def test_a_european_table_just_opens_from_disk_and_of_other_files_it_says_who_opens_them(file, tmp_path):
    for name, content, words in (
        ("m.selenite", b"x", "selenite play m.selenite"),
        ("d.csv", b"day,y\n31.01.2026,1\n01.02.2026,2\n", 'holds dates, it seems, such as "31.01.2026"'),
        ("r.csv", b"a,b\n1,2\n3\n", "line 3 has 1 cell, the header 2"),
    ):
        (tmp_path / name).write_bytes(content)
        file.set_input_files("#picker", tmp_path / name)
        file.wait_for_selector(f"#alert:has-text('{words}')")
    assert file.is_checked("#of-moons")
    (tmp_path / "pupils.csv").write_text(PUPILS, encoding="utf-8")
    file.set_input_files("#picker", tmp_path / "pupils.csv")
    file.wait_for_selector("#alert:has-text('pupils.csv is open')")
    until(lambda: file.is_checked("#of-file"))
    assert file.locator("#data-fields select").first.input_value() == "passed"
    assert "40 rows" in file.text_content("body")
    file.click("#play")
    until(lambda: file.text_content("#figures tbody td") == "100 %")
    file.click("#play")
    (tmp_path / "second.csv").write_text("a,b\n" + "1,2.5\n3,4\n" * 9, encoding="utf-8")
    file.set_input_files("#picker", tmp_path / "second.csv")
    file.click("label:has-text('pupils.csv') input")  # the first one is at hand
    until(lambda: "40 rows" in file.text_content("body"))
    file.click("label:has-text('second.csv') input")
    until(lambda: "18 rows" in file.text_content("body"))


def test_a_table_goes_with_the_link(file, tmp_path):
    (tmp_path / "pupils.csv").write_text(PUPILS, encoding="utf-8")
    file.set_input_files("#picker", tmp_path / "pupils.csv")
    file.wait_for_selector("#alert:has-text('pupils.csv is open')")
    file.click("#epoch")
    file.click("#share")
    without = file.input_value("#link")
    file.check("#with-table")
    until(lambda: file.input_value("#link") != without)
    link = file.input_value("#link")
    assert "#2." in link
    assert f"{len(link.partition('#')[2]):,} characters" in file.text_content("#link-size")
    other = file.context.new_page()
    other.goto(link)
    other.wait_for_selector("#alert:has-text('the table pupils.csv')")
    until(lambda: epoch(other) == 1)
    assert other.is_checked("#of-file")


def epoch(page):
    return int(page.text_content("#clock").split(",")[0].removeprefix("epoch ").replace(",", "") or 0)


def learn(page):
    """Train until all rows are right."""
    page.click("#play")
    until(lambda: page.text_content("#figures tbody td") == "100 %")
    page.click("#play")
    until(lambda: "Play" in page.text_content("#play"))


def test_on_any_web_space_moons_are_learnt_a_link_opens_and_what_is_refused_is_said(page):
    learn(page)
    assert "0 of 100 points wrong" in page.text_content("#summary")
    learnt = epoch(page)
    assert page.input_value("#timeline") != "0"
    page.click("#share")
    link = page.input_value("#link")
    assert "#1." in link
    page.keyboard.press("Escape")
    page.click("#reset")
    until(lambda: epoch(page) == 0)
    page.click("#share")
    page.fill("#other-link", link)
    page.click("#open-link")
    page.wait_for_selector("#alert:has-text('Opened a link')")
    until(lambda: epoch(page) == learnt)
    draw_points(page, 2)
    page.click("#export")
    page.click("#take-model")
    page.wait_for_selector("#alert:has-text('made by selenite play')")
