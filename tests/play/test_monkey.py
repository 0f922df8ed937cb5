"""Everything pressed, typed, dropped, dragged and resized at random: nothing breaks, and nothing piles up."""

import base64
import random
import time

import pytest

pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning")

KEYS = [
    *("Space", "ArrowRight", "ArrowLeft", "Shift+ArrowRight", "Shift+ArrowLeft", "Home", "Enter", "Delete", "Tab"),
    *("b", "t", "a", "r", "+", "-", "[", "]", "?", "Escape", "1", "2", "3", "4", "5", "Control+z", "Control+y"),
]
SIZES = [(1280, 800), (390, 844), (640, 400)]
NUMBERS = ["0", "1", "-5", "1e9", ".3", "50", "1e-3", "", "2000", "1000000"]
FILES = {
    "a.csv": "a,b,kind\n" + "".join(f"{i % 7},{i % 5},{'pq'[i % 2]}\n" for i in range(40)),
    "b.csv": "a,b,y\n" + "".join(f"{i % 7},,{i * 0.7}\n" for i in range(60)),
    "c.csv": "a,b\n1,2\n3\n",
    "d.exe": "MZ",
    "e.parquet": "PAR1",
}
PRESS = """(n) => {
  const open = document.querySelector("dialog[open]");
  const all = [...(open || document).querySelectorAll("button, select, input, summary, canvas")]
    .filter((e) => e.offsetParent && !e.disabled && e.type !== "file" && !e.id.startsWith("take-"));
  const element = all[n % all.length];
  if (element?.tagName === "SELECT") {
    element.selectedIndex = n % element.options.length;
    element.dispatchEvent(new Event("change"));
  } else element?.click();
}"""
NUMBER = """([n, value]) => {
  const all = [...document.querySelectorAll("input[type=number], input[type=range]")].filter((e) => e.offsetParent);
  const element = all[n % all.length];
  element.focus();
  element.value = value;
  for (const name of ["input", "change"]) element.dispatchEvent(new Event(name, { bubbles: true }));
}"""
DROP = """([name, content]) => {
  const data = new DataTransfer();
  data.items.add(new File([Uint8Array.from(atob(content), (c) => c.charCodeAt(0))], name));
  document.body.dispatchEvent(new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true }));
}"""


def act(page, rng):
    """Do something at random."""
    what = rng.choices(["press", "key", "click", "number", "drag", "resize", "drop"], [40, 20, 10, 10, 6, 2, 2])[0]
    size = page.viewport_size
    place = lambda: (rng.randrange(size["width"]), rng.randrange(size["height"]))  # noqa: E731
    if what == "press":
        page.evaluate(PRESS, rng.randrange(10_000))
    elif what == "key":
        page.keyboard.press(rng.choice(KEYS))
    elif what == "click":
        page.mouse.click(*place(), button=rng.choice(["left", "right"]))
    elif what == "number":
        page.evaluate(NUMBER, [rng.randrange(1000), rng.choice(NUMBERS)])
    elif what == "drag":
        page.mouse.move(*place())
        page.mouse.down()
        page.mouse.move(*place())
        page.mouse.up()
    elif what == "resize":
        page.set_viewport_size(dict(zip(("width", "height"), rng.choice(SIZES), strict=True)))
    else:
        name, content = rng.choice(list(FILES.items()))
        page.evaluate(DROP, [name, base64.b64encode(content.encode()).decode()])


@pytest.mark.parametrize("seed", [0, 1])
def test_random_use_breaks_nothing(seen, seed, caplog):
    seen.open()
    page, rng = seen.page, random.Random(seed)
    devtools = page.context.new_cdp_session(page)

    def nodes():
        devtools.send("HeapProfiler.collectGarbage")
        return devtools.send("Memory.getDOMCounters")["nodes"]

    before, deadline = nodes(), time.monotonic() + 2
    while time.monotonic() < deadline:
        act(page, rng)
    page.wait_for_timeout(300)
    assert seen.problems == []
    assert [record.getMessage() for record in caplog.records if record.levelname == "ERROR"] == []
    assert "page met an error" not in seen.text("#alert")
    assert nodes() < before + 5000  # the largest network and file that were met, nothing of those before
