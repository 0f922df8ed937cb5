"""The page's controls in a real browser, one by one: what they change, what is undone, how soon."""

import pytest

pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning")


def run(seen, milliseconds=300):
    """Train for a while."""
    seen.page.click("#play")
    seen.page.wait_for_timeout(milliseconds)
    seen.pause()


def scrub(seen, epoch):
    """Go to an epoch with the timeline."""
    seen.page.evaluate(
        """(epoch) => {
          const timeline = document.querySelector("#timeline");
          timeline.value = epoch;
          timeline.dispatchEvent(new Event("input"));
          timeline.dispatchEvent(new Event("change"));
        }""",
        epoch,
    )
    seen.until(lambda: seen.epoch() == epoch)


def setting(seen, name):
    return seen.state()["settings"][name]


def test_every_setting_of_training_reaches_the_run(seen):
    seen.open()
    page = seen.page
    page.click("#settings")
    for name, value in (("l1", 0.003), ("l2", 0.02), ("dropout", 0.1), ("stop_loss", 0.01), ("epochs", 3000)):
        page.eval_on_selector(f"#set-{name}", "box => { box.dataset.old = 1; }")
        page.fill(f"#set-{name}", str(value))
        page.keyboard.press("Tab")
        seen.until(lambda name=name, value=value: setting(seen, name) == value)
        page.wait_for_selector(f"#set-{name}:not([data-old])")  # drawn anew: what is written before that is lost
    for name, value in (("schedule", "cosine"), ("start", "he"), ("optimizer", "adamw"), ("loss", "squared_error")):
        page.select_option(f"#set-{name}", value)
        seen.until(lambda name=name, value=value: setting(seen, name) == value)
    seed = setting(seen, "seed")
    page.click("#reseed")
    seen.until(lambda: setting(seen, "seed") == seed + 1)
    run(seen)
    assert seen.epoch() > 0
    for name in ("Learning rate", "Schedule", "L1 penalty", "Stop below"):  # each says what it does
        assert len(page.get_attribute(f".field:has(span:text-is('{name}'))", "title")) > 20


def test_what_is_clicked_before_the_answer_comes_counts_each_time(seen):
    """All clicks come before the worker has answered the first."""
    seen.open()
    several = "(times) => { for (let i = 0; i < times; i++) document.querySelector('%s').click(); }"
    before = setting(seen, "hidden")
    seen.page.evaluate(several % "#units-1-less ~ button", 3)
    seen.until(lambda: setting(seen, "hidden") == [before[0] + 3, *before[1:]])
    seed = setting(seen, "seed")
    seen.page.evaluate(several % "#reseed", 2)
    seen.until(lambda: setting(seen, "seed") == seed + 2)
    seen.page.evaluate(several % "#add-layer", 7)
    seen.until(lambda: len(setting(seen, "hidden")) == len(setting(seen, "activations")) == 6)
    seen.page.keyboard.press("-")  # of the last layer one unit less, then the layer itself
    seen.until(lambda: setting(seen, "hidden")[-1] == 3)
    seen.page.evaluate(several % "#units-6-less", 3)
    seen.until(lambda: len(setting(seen, "hidden")) == 5)


def test_operations_go_forth_and_back_and_the_views_are_of_both(seen):
    seen.open()
    page = seen.page
    title = "#why-box h3"
    for name in ("h1", "h2", "h3"):
        page.click("#operation")
        page.wait_for_selector(f"{title}:has-text('Unit {name}')")
    page.click("#back")
    page.wait_for_selector(f"{title}:has-text('Unit h2')")
    page.keyboard.press("Shift+ArrowLeft")
    page.wait_for_selector(f"{title}:has-text('Unit h1')")
    page.keyboard.press("Shift+ArrowLeft")
    page.wait_for_selector("#alert:has-text('This is the beginning.')")
    for _ in range(14):  # five units forward, five backward, four updates
        page.keyboard.press("Shift+ArrowRight")
        page.wait_for_timeout(60)
    page.wait_for_selector("#part-update[aria-pressed=true]")
    page.wait_for_selector(f"{title}:has-text('Unit P(1)')")
    page.keyboard.press("Shift+ArrowRight")  # the row is done
    page.wait_for_selector("#clock:has-text('row 1 of')")
    page.wait_for_selector(f"{title}:has-text('Unit h1')")
    page.keyboard.press("Shift+ArrowLeft")
    page.wait_for_selector("#clock:text-is('epoch 0')")
    page.wait_for_selector(f"{title}:has-text('Unit P(1)')")
    page.keyboard.press("Escape")
    page.click("#epoch")
    page.click("#show-backward")
    page.wait_for_selector("#show-backward[aria-pressed=true]")
    seen.until(lambda: page.text_content(".value >> nth=2").startswith("δ "))
    assert "its δ" in seen.text("#diagram-hint")
    page.click("#show-forward")
    seen.until(lambda: not page.text_content(".value >> nth=2").startswith("δ "))


def test_a_change_in_the_past_shows_two_branches_on_this_page_alone(seen, seen_in):
    other = seen_in(seen.page.context).open()
    seen.open()
    page = seen.page
    page.bring_to_front()  # frames of a page behind another are few
    for _ in range(4):
        page.click("#epoch")
    seen.until(lambda: seen.epoch() == 4)
    scrub(seen, 1)
    page.select_option("#set-learning_rate", "0.01")
    page.wait_for_selector("#alert:has-text('Branch B begins at epoch 1 from identical weights')")
    page.wait_for_selector("#other-surface:visible")
    assert page.get_attribute("#branches", "aria-label") == "Run A to epoch 4; run B from epoch 1 to epoch 1"
    page.click("#epoch")
    seen.until(lambda: "run B from epoch 1 to epoch 2" in page.get_attribute("#branches", "aria-label"))
    page.click("#beside")  # and back to one
    page.wait_for_selector("#branches:empty", state="attached")
    assert other.epoch() == 0  # each page has a session of its own
    assert other.problems == []


def test_pictures_can_be_discrete_and_have_borders(seen):
    seen.open()
    page = seen.page
    run(seen)
    page.mouse.move(5, 5)
    shot = "document.querySelector('#surface').toDataURL()"
    plain = page.evaluate(shot)
    for box in ("border", "regions", "test"):
        page.click(f"#check-{box}")
        page.wait_for_timeout(100)
        changed = page.evaluate(shot)
        assert changed != plain
        plain = changed
    for name in ("hills", "clouds"):
        page.click(f"input[value={name}]")
        seen.until(lambda name=name: setting(seen, "data") == name)
        run(seen, 100)
    page.click("input[value=hills]")
    page.wait_for_selector("#figures th:has-text('R²')", state="attached")


def test_what_is_drawn_and_weights_by_hand_are_undone(seen):
    seen.open()
    page = seen.page
    seen.draw_points(other=1)
    drawn = lambda: list(zip(*map(seen.state()["points"].get, "xy"), strict=True))  # noqa: E731
    first = drawn()
    box = page.query_selector("#surface").bounding_box()
    place = (box["x"] + 0.5 * box["width"], box["y"] + 0.93 * box["height"])
    page.mouse.click(*place)
    seen.until(lambda: len(drawn()) == len(first) + 1)
    seen.until(
        lambda: f"of {len(first) + 1} points" in seen.text("#summary")
    )  # the page knows the point, to take hold of
    page.mouse.move(*place)
    page.mouse.down()
    for step in (10, 20, 30):
        page.mouse.move(place[0] + step, place[1])
        page.wait_for_timeout(80)
    page.mouse.up()
    seen.until(lambda: drawn()[-1][0] > 0.55)
    page.keyboard.press("Control+z")
    seen.until(lambda: abs(drawn()[-1][0] - 0.5) < 0.02)
    page.keyboard.press("Control+z")
    seen.until(lambda: drawn() == first)
    page.click("#drawing button")
    seen.until(lambda: drawn() == [])
    page.click("#undo")
    seen.until(lambda: drawn() == first)
    page.click("button.unit[aria-label='h2']")
    page.wait_for_selector("#weight-0")
    weight = lambda: seen.frame()["weights"][0][0][1]  # noqa: E731
    old = weight()
    page.fill("#weight-0", "3.5")
    page.keyboard.press("Enter")
    seen.until(lambda: weight() == 3.5)
    page.wait_for_selector("#why-box li:has-text('3.5 ×')")
    page.click("#part-update")
    page.wait_for_selector("#why-box code:has-text('hidden1.weights[1,2].update')")
    assert "batch of 3 rows" in seen.text("#why-box")
    page.click("#undo")
    seen.until(lambda: weight() == old)


def test_rates_are_tried_and_20_seeds_are_compared_by_the_test_rows_where_there_are_any(seen):
    """The first of the seeds is the run itself, whose loss on the test rows is on the curve."""
    seen.open()
    page = seen.page
    page.click("#settings")
    page.click("#rates")
    page.wait_for_selector("#take-rate")
    best = float(seen.text("#seeds-box p:has(#take-rate)").split("rate ")[1].split(". ")[0])
    page.click("#take-rate")
    seen.until(lambda: setting(seen, "learning_rate") == best)
    assert page.query_selector("#seeds-box .linear")
    page.keyboard.press("Escape")
    page.click("#of-gauss")
    seen.until(lambda: setting(seen, "data") == "gauss")
    page.evaluate("inside.call('reach', { epoch: 30 })")
    seen.until(lambda: seen.epoch() == 30)
    page.click("#twenty")
    page.wait_for_selector("#seeds-text:has-text('On the test rows the median loss is')")
    first = page.get_attribute("#seeds-box .strip", "aria-label").split(": ")[1].split(", ")[0]
    assert float(first) == pytest.approx(seen.frame()["test_loss"], abs=6e-5)
    assert abs(float(first) - seen.frame()["loss"]) > 1e-3  # which is that of the training rows


def test_what_is_changed_and_put_away_stands_in_the_address_and_a_pasted_link_opens(seen):
    seen.open()
    page = seen.page
    page.click("#of-circle")
    seen.until(lambda: setting(seen, "data") == "circle")
    page.click("#add-layer")
    seen.until(lambda: len(seen.state()["layers"]) == 4)
    page.wait_for_timeout(700)  # it is written once changes have settled
    page.reload()
    page.wait_for_selector("#alert:has-text('Opened a link with settings, weights of epoch 0')")
    assert (setting(seen, "data"), len(seen.state()["layers"])) == ("circle", 4)
    link = put_away(seen)
    page.goto(link)
    page.reload()
    page.wait_for_selector("#alert:has-text('Opened a link')")
    page.wait_for_selector("#set-learning_rate", state="hidden")
    page.wait_for_selector("#set-optimizer")
    page.evaluate("location.hash = 'lesson=2'")
    page.wait_for_selector("#lesson-box:has-text('Two moons, one unit.')")


def put_away(seen):
    """Hide two controls; return the link that says so."""
    page = seen.page
    page.click("#share")
    page.click("summary:has-text('Hidden controls')")
    for control in ("#hide-rate", "#hide-layers"):
        link = page.input_value("#link")
        page.check(control)
        page.wait_for_function("link => document.querySelector('#link').value !== link", arg=link)
    assert set(seen.state()["hidden"]) == {"rate", "layers"}
    page.wait_for_selector("#set-learning_rate", state="hidden")
    link = page.input_value("#link")
    assert page.evaluate("location.href") == link
    page.keyboard.press("Escape")
    return link


def test_a_point_is_added_to_a_set_and_learnt_from(seen):
    seen.open()
    page = seen.page
    low, high = ([axis[end] for axis in seen.state()["axes"]] for end in ("low", "high"))
    box = page.query_selector("#surface").bounding_box()
    at = {"x": 0.2 * box["width"], "y": 0.7 * box["height"]}
    weights = seen.frame()["weights"]
    page.click("#surface", position=at, modifiers=["Shift"])
    seen.until(lambda: seen.state()["rows"]["all"] == 101 and setting(seen, "data") == "drawn")
    assert seen.frame()["weights"] == weights  # it learns on from these
    points = seen.state()["points"]
    place = points["rows"].index(100)  # shares of the plane that is drawn on, from -2 to 2
    assert 4 * points["x"][place] - 2 == pytest.approx(low[0] + 0.2 * (high[0] - low[0]), abs=0.02)
    assert 4 * points["y"][place] - 2 == pytest.approx(low[1] + 0.3 * (high[1] - low[1]), abs=0.02)
    page.click("#of-plane")  # of numbers there is nothing to click in
    seen.until(lambda: setting(seen, "data") == "plane")
    page.click("#surface", position=at, modifiers=["Shift"])
    page.wait_for_timeout(300)
    assert setting(seen, "data") == "plane"


def test_a_weight_and_a_place_are_read_where_the_pointer_is_while_it_trains_too(seen):
    seen.open()
    page = seen.page
    from_, to = (page.query_selector(unit).bounding_box() for unit in ("#unit-0-0", "#unit-1-0"))
    middle = (from_["x"] + from_["width"] + to["x"]) / 2, (from_["y"] + to["y"] + to["height"]) / 2
    page.mouse.move(*middle)
    page.wait_for_selector("#preview:visible")
    weight = seen.text("#preview span").split(" × ")[0].replace("−", "-")
    assert float(weight) == pytest.approx(seen.frame()["weights"][0][0][0], abs=6e-5)
    said = page.query_selector("#preview").bounding_box()
    assert min(abs(said["x"] - middle[0]), abs(said["x"] + said["width"] - middle[0])) < 30
    assert abs(said["y"] - middle[1]) < 60
    page.mouse.move(0, 0)
    page.wait_for_selector("#preview", state="hidden")
    page.select_option("#set-learning_rate", "0.01")
    page.hover("#surface", position={"x": 40, "y": 40})
    page.wait_for_selector("#under:has-text('→')")
    before = seen.text("#under")
    page.focus("body")
    page.keyboard.press("Space")
    seen.until(lambda: seen.text("#under") != before)
    page.keyboard.press("Space")


REACTION = """(press) => new Promise((resolve) => {
  const clock = document.querySelector("#clock"), was = clock.textContent, begun = performance.now();
  document.querySelector(press).click();
  const look = () => (clock.textContent === was ? requestAnimationFrame(look) : resolve(performance.now() - begun));
  look();
})"""


def test_the_page_reacts_at_once_whatever_is_computed(seen):
    seen.open()
    page = seen.page
    page.click("#epoch")
    page.click("input[value=clouds]")
    page.wait_for_selector("#legend:has-text('dog')")
    alone = min(page.evaluate(REACTION, "#epoch") for _ in range(8))  # on a busy machine, too
    page.evaluate("inside.call('seeds', { epochs: 200_000 })")
    page.wait_for_selector("#twenty:has-text('Stop')")
    assert min(page.evaluate(REACTION, "#epoch") for _ in range(8)) < 100 + 3 * alone
    page.click("#twenty")
    page.wait_for_selector("#twenty:has-text('20 seeds')")
    assert not seen.state()["trying"]


SHOWN = """async () => {
  const { on, tell, store } = inside;
  const frame = { ...store.frame, playing: true };
  const shown = [];
  on("frame", (now) => shown.push(now.epoch));
  const refresh = () => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
  for (const epoch of [1, 2]) tell("frame", { ...frame, epoch });
  await refresh(); await refresh();
  const two = shown.splice(0);
  for (const epoch of [3, 4, 5, 6, 7]) tell("frame", { ...frame, epoch });
  await refresh(); await refresh(); await refresh();
  const five = shown.splice(0);
  for (const epoch of [8, 9]) tell("frame", { ...frame, epoch });
  tell("frame", { ...frame, epoch: 10, playing: false });
  await refresh(); await refresh();
  return [two, five, shown];
}"""


def test_numbers_may_be_late_and_a_refresh_shows_one_frame(seen):
    """The pointer is on the matrix before its numbers are there; what is late is left out."""
    seen.open()
    page = seen.page
    page.evaluate("""() => {  // at once, before the worker can answer
      document.querySelector("#view-matrix").click();
      const canvas = document.querySelector("#matrix-canvas");
      for (const kind of ["pointermove", "click"]) canvas.dispatchEvent(new PointerEvent(kind, { bubbles: true }));
      canvas.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowRight", bubbles: true }));
    }""")
    page.wait_for_timeout(200)
    assert "page met an error" not in seen.text("#alert")
    page.click("#view-diagram")
    assert page.evaluate(SHOWN) == [[1, 2], [5, 6, 7], [10]]


def test_why_stays_open_while_the_network_changes(seen):
    seen.open()
    page = seen.page
    page.click(".unit >> nth=-1")
    page.wait_for_selector("#why-box .formula")
    for hidden in ("]", "]", "+", "[", "[", "["):
        page.keyboard.press(hidden)
        page.click("#epoch")
    page.select_option("#lesson", "part3")
    page.click(".unit[aria-label='P(dog)']")
    page.wait_for_selector("#why-box h3:has-text('P(dog)')")


def test_nothing_can_be_pressed_before_there_is_something_to_change(seen):
    waiting = []
    seen.page.route("**/kernel.wasm", lambda route: waiting.append(route))  # so that the first state is long in coming
    seen.page.goto(seen.playground.address, wait_until="load")
    seen.page.wait_for_timeout(500)
    assert not seen.page.is_visible("#play")
    assert not seen.page.is_visible("#twenty")
    waiting[0].continue_()
    seen.page.wait_for_selector("#play")


def test_the_page_shows_the_runs_begins_one_again_and_is_up_to_date_when_its_panel_comes_back(seen):
    seen.open()
    page = seen.page
    page.click("#play")
    seen.until(lambda: seen.epoch() > 30)
    seen.pause()
    first = seen.epoch()
    page.click("#reset")
    seen.until(lambda: seen.epoch() == 0)
    page.select_option("#set-learning_rate", "0.03")
    page.click("#view-runs")
    page.wait_for_selector("#again-1")
    assert "learning rate 0.03" in seen.text("#runs tbody tr:first-child")
    assert f"{first:,}" in seen.text("#runs tbody tr:last-child")
    page.click("#again-1")
    seen.until(lambda: page.input_value("#set-learning_rate") == "0.1")
    page.click("#epoch")
    seen.until(lambda: seen.epoch() == 1)
    page.click("#undo")
    seen.until(lambda: page.input_value("#set-learning_rate") == "0.03")
    page.click("#reset")
    page.set_viewport_size({"width": 390, "height": 844})
    page.click("#tab-curves")
    seen.until(lambda: seen.text("#runs tbody td:nth-child(5)") == "0")
    page.click("#tab-data")
    page.click("#epoch")
    seen.until(lambda: seen.epoch() == 1)
    page.wait_for_timeout(200)
    page.click("#tab-curves")
    seen.until(lambda: seen.text("#runs tbody td:nth-child(5)") == "1")


def test_columns_of_a_file_are_left_out_and_taken_back(seen, tmp_path):
    rows = [f"{i % 7},{i % 3},{i % 2},{'ab'[i % 2]}" for i in range(60)]
    (tmp_path / "own.csv").write_text("first,second,leak,kind\n" + "\n".join(rows) + "\n")
    seen.open()
    page = seen.page
    page.set_input_files("#picker", tmp_path / "own.csv")
    page.wait_for_selector("#columns-used summary:text-is('Learn from 3 of 3 columns')")
    page.click("#columns-used summary")
    page.uncheck("#columns-used label:has-text('leak') input")
    page.wait_for_selector("#columns-used summary:text-is('Learn from 2 of 3 columns')")
    assert seen.text("#columns-used .column:has-text('left out')") == "leakleft out"
    assert seen.state()["columns"] == ["first", "second"]
    page.uncheck("#columns-used label:has-text('first') input")
    page.wait_for_selector("#columns-used summary:text-is('Learn from 1 of 3 columns')")
    page.click("#columns-used label:has-text('second') input")  # it is ticked again
    page.wait_for_selector("#alert:has-text('A network needs at least one column')")
    assert setting(seen, "drop") == ["first", "leak"]
    page.select_option("label:has-text('Predict') select", "leak")  # a target is not left out
    seen.until(lambda: setting(seen, "drop") == ["first"])
    page.keyboard.press("Control+z")
    seen.until(lambda: setting(seen, "drop") == ["first", "leak"])


def test_what_a_column_is_is_said_by_mouse_or_keyboard_and_kept_in_the_link(seen, tmp_path):
    rows = [f"{10_000 + i % 9},{i % 4},{'ab'[i % 2]}" for i in range(60)]
    (tmp_path / "own.csv").write_text("zip,rooms,kind\n" + "\n".join(rows) + "\n")
    seen.open()
    page = seen.page
    page.set_input_files("#picker", tmp_path / "own.csv")
    page.click("#columns-used summary")
    zip_, rooms = (page.locator(f"select[aria-label='What {name} is']") for name in ("zip", "rooms"))
    assert zip_.locator("option").all_text_contents() == ["number", "category", "date", "text", "identifier"]
    rooms.select_option("date")
    page.wait_for_selector('#alert:has-text(\'line 2: column "rooms" cannot be of kind date: it holds "0"\')')
    seen.until(lambda: rooms.input_value() == "")
    zip_.select_option("category")
    seen.until(lambda: seen.state()["layers"][0]["units"] == 10)
    rooms.focus()
    page.keyboard.press("End")
    seen.until(lambda: seen.state()["layers"][0]["units"] == 9)
    assert setting(seen, "kinds") == [["zip", "category"], ["rooms", "identifier"]]
    assert page.evaluate("document.activeElement.getAttribute('aria-label')") == "What rooms is"
    zip_.select_option("as it seems")
    seen.until(lambda: setting(seen, "kinds") == [["rooms", "identifier"]])
    page.keyboard.press("Control+z")
    seen.until(lambda: seen.state()["layers"][0]["units"] == 9)
    page.click("#share")
    page.check("#with-table")
    seen.until(lambda: "#2." in page.input_value("#link"))
    link = page.input_value("#link")
    page.click("dialog form button")
    page.goto("about:blank")
    page.goto(link)
    page.wait_for_selector("#alert:has-text('Opened a link')")
    assert setting(seen, "kinds") == [["zip", "category"], ["rooms", "identifier"]]
    assert (seen.state()["kinds"]["zip"], seen.state()["layers"][0]["units"]) == ("category", 9)
    page.click("#columns-used summary")


def test_text_is_learnt_from_by_its_words_which_why_names(seen, tmp_path):
    rows = [
        f"a {('fine', 'dull')[i * 7 % 5 < 2]} bottle of {1900 + i} from here,{'ab'[i * 7 % 5 < 2]}" for i in range(120)
    ]
    (tmp_path / "own.csv").write_text("note,kind\n" + "\n".join(rows) + "\n")
    seen.open()
    page = seen.page
    page.set_input_files("#picker", tmp_path / "own.csv")  # nothing else can be learnt from
    seen.until(lambda: seen.state()["columns"] == ["note: score"])
    page.click(".unit >> nth=1")
    page.click(".why-open:has-text('input[note: score]')")
    page.wait_for_selector("#why-box .label:text-is(\"'dull'\")", state="attached")
    assert "does NOT add up" not in seen.text("#why-box")
