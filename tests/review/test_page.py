"""The page to review, in a real browser: its keys and buttons decide, text is text, and it fits into its window."""

import re

import pytest

from scripts.generate import decisions_file
from scripts.review import server
from scripts.serve import local_server
from tests import browser
from tests.review.conftest import NASTY

pytestmark = [pytest.mark.slow, browser.needed]
LONG = "word" * 100
DRIVE = """
const wait = (ms) => new Promise((done) => setTimeout(done, ms));
const key = async (name) => {
  const options = { key: name, bubbles: true, cancelable: true };
  document.activeElement.dispatchEvent(new KeyboardEvent("keydown", options));
  await wait(100);
};
const focused = () => document.activeElement.getAttribute("aria-label");
(async () => { await wait(500); const said = []; STEPS; document.body.dataset.said = JSON.stringify(said); })();
"""


@pytest.fixture
def drive(gathered, tmp_path, monkeypatch):
    """A function that does the STEPS, in JavaScript, and returns the page after them."""

    def drive(steps, at=""):
        page = (server.FOLDER / "index.html").read_text()
        (tmp_path / "index.html").write_text(page.replace("</head>", '<script src="drive.js" defer></script></head>'))
        (tmp_path / "drive.js").write_text(DRIVE.replace("STEPS", steps))
        given = {**server.FILES, "/": tmp_path / "index.html", "/drive.js": tmp_path / "drive.js"}
        monkeypatch.setattr(server, "FILES", given)
        port = local_server.free_port()
        with browser.serving(server.application(gathered, tmp_path / "review.yaml", port), port) as url:
            return browser.browse(f"{url}{at}", tmp_path).stdout

    return drive


def test_keys_decide_about_facts_and_texts(drive, tmp_path):
    shown = drive("""
      said.push(focused()); await key("a");
      said.push(focused()); await key("j"); await key("r");
      said.push(focused()); await key("e");
      document.activeElement.value = "Which plum number 1?"; await key("Enter");
      said.push(focused()); await key("e"); document.activeElement.value = "a r"; await key("a"); await key("Escape");
      await key("n"); said.push(focused()); await key("r"); await key("]"); await wait(300);
      said.push(focused()); await key("a"); await key("u");
    """)
    assert decisions_file.read(tmp_path / "review.yaml") == {
        "garden-1": {"decision": "accepted"},
        "garden-2": {"decision": "rejected", "rejected": ["What is plum number 0?"],
                     "edited": {"What is plum number 1?": "Which plum number 1?"}},
    }  # fmt: skip
    said = re.search(r'data-said="(.*?)"', shown)[1].replace("&quot;", '"')
    assert said == ('["Statement: The tree is a pear.","Statement: The tree is a plum.","Text: What is plum number 1?",'
                    '"Text: Edited: Which plum number 1?","Statement: The tree is a plum.",'
                    '"Statement: The tree is a beam."]')  # fmt: skip
    assert "2 of 3 facts decided" in shown and ">Undone: The tree is a beam.</p>" in shown


def test_buttons_decide_too_and_a_refusal_is_said(drive, tmp_path):
    shown = drive("""
      const press = async (item, label) => {
        [...document.querySelectorAll(".item")][item].querySelectorAll("button").forEach((it) => {
          if (it.textContent === label) it.click();
        });
        await wait(150);
      };
      await press(0, "Reject"); await press(0, "Undo"); await press(1, "Reject"); await press(2, "Reject");
    """)
    assert decisions_file.read(tmp_path / "review.yaml") == {"garden-1": {"rejected": ["What is pear number 0?"]}}
    assert 'class="bad">a fact needs two answers, and two questions that are trained</p>' in shown
    assert shown.count("<kbd>") == 9


def test_text_is_text_and_the_source_is_marked(drive, gathered):
    gathered["facts"][0]["questions"] = [NASTY]
    shown = drive("await key('k')")
    assert "<b>bold" not in shown and "<img" not in shown and shown.count("&lt;b&gt;bold&lt;/b&gt; &amp;") >= 3
    assert '<mark class="here">A pear is\nthe tree.</mark>' in shown and "<mark>A plum is the tree.</mark>" in shown
    assert "Dropped by the rules: 1" in shown and "duplicate (1)" in shown


@pytest.mark.parametrize("width", [400, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_fits(drive, gathered, tmp_path, width, scheme):
    gathered["parts"][0]["title"] = LONG
    for fact in gathered["facts"][:2]:
        fact |= {"heading": LONG, "fact": LONG, "source": "A pear is the tree.", "questions": [LONG]}
    gathered["dropped"][0]["user"] = LONG
    source = re.sub(r"<script.*?</script>", "", drive("await key('r'); await key('k'); await key('j'); await key('e')"))
    for name, file in (("page.css", server.FILES["/page.css"]), ("review.css", server.FILES["/review.css"])):
        source = source.replace(f'<link rel="stylesheet" href="{name}">', f"<style>{file.read_text()}</style>")
    assert LONG in source and "<textarea" in source
    browser.check_fit(source.replace("<details>", "<details open>"), tmp_path, width, scheme)
