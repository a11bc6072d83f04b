"""The page to ask, in a real browser: it asks the server that gave it, and shows text as text, to everyone."""

import json
import threading

import pytest

from scripts.retrieve import answers
from scripts.serve import api, local_server, pages
from tests import browser
from tests.browser import BACKGROUND, Tab, needed

pytestmark = [pytest.mark.slow, needed]
NASTY = "<b>bold</b> & 'so' </script><img src=x onerror=alert(1)>"
LONG = "word" * 200
DONE = "[...document.querySelectorAll('article')].length && !document.querySelector('[aria-busy=true]')"
TEXTS = "[...document.querySelectorAll('article')].map(it => it.innerText)"
HEADINGS = "[...document.querySelectorAll('article h3')].map(it => it.textContent)"


class Speaker:
    """In the place of a model: says words, and waits for `going` after the first of them."""

    generate = None

    def __init__(self, *words):
        self.words, self.asked, self.going = words, [], threading.Event()
        self.going.set()

    def create_chat_completion(self, model, messages, stream, **options):
        self.asked.append((messages, options))
        for number, word in enumerate(self.words):
            if number:
                self.going.wait(20)
            if word is None:
                raise RuntimeError("out of words")
            yield {"choices": [{"index": 0, "delta": {"content": word}, "finish_reason": None}], "model": model}


def looked_up(question):
    best = answers.Source(f"Before `code`. {NASTY} After.", NASTY, "A & B", "<C>", "https://docs/#c", 0.9)
    bad = answers.Source("x y", "y", "Link", "", "javascript:alert(1)", 0.8)
    return answers.judged([best, bad], 2.0 if "nothing" in question else 0.5)


def serving(found, **models):
    port = local_server.free_port()
    about = {name: {"title": title, "system_prompt": f"You are {name}."} for name, title in
             (("tuned", "sample-embedded"), ("base", "base"))}  # fmt: skip
    return browser.serving(api.application(models, port, found, about), port)


@pytest.fixture(scope="module")
def tab(tmp_path_factory):
    made = Tab(tmp_path_factory.mktemp("profile"))
    yield made
    made.close()


@pytest.fixture(scope="module")
def tuned():
    return Speaker(" One", f" two {NASTY}")


@pytest.fixture(scope="module")
def url(tuned):
    with serving(pages.completions(looked_up), tuned=tuned, base=Speaker("Three")) as address:
        yield address


def choose(tab, way):
    tab.run(f"document.querySelector('input[value={way}]').click()")
    tab.wait(f"document.querySelectorAll('article').length === {3 if way == 'all' else 2} && {DONE}")


def test_an_answer_of_the_pages_has_its_sentence_marked_and_its_source(tab, url):
    tab.open(f"{url}?q=Is%20it%20so%3F")
    tab.wait(DONE)
    assert tab.run(HEADINGS) == ["The pages"] and tab.run("asked.textContent") == "Is it so?"
    assert tab.run("document.querySelector('.answer').textContent") == f"Before code. {NASTY} After."
    assert tab.run("document.querySelector('.answer code').textContent") == "code"
    assert tab.run("document.querySelector('.answer mark').textContent") == NASTY
    links = "[...document.links].map(it => [it.href, it.textContent, it.rel])"
    assert tab.run(links) == [["https://docs/#c", "A & B > <C>", "noreferrer"]]
    assert tab.run("document.querySelector('summary').textContent") == "Also on the pages (1)"
    assert tab.run("document.querySelectorAll('b, img').length") == 0 and "Link" in tab.run("cards.textContent")


def test_a_declined_question_shows_what_came_nearest(tab, url):
    tab.open(f"{url}?q=nothing")
    tab.wait(DONE)
    assert tab.run("document.querySelector('.answer').textContent") == answers.DECLINED
    assert tab.run("document.querySelector('.source').hidden && !document.querySelector('details').hidden")
    assert tab.run("document.querySelector('summary').textContent") == "What came nearest"
    assert tab.run("[...document.querySelectorAll('li mark')].map(it => it.textContent)") == [NASTY, "y"]


def test_what_a_model_says_is_shown_as_it_comes(tab, url, tuned):
    tab.open(f"{url}?q=so")
    tab.wait(DONE)
    tuned.going.clear()
    tab.run("document.querySelector('input[value=models]').click()")
    tab.wait("document.querySelector('article.model .answer')?.textContent === 'One'")
    assert tab.run("document.querySelector('article').ariaBusy") == "true" and not tab.run("said.textContent")
    tuned.going.set()
    tab.wait(DONE)
    assert tab.run(TEXTS)[0].endswith(f"One two {NASTY}") and tab.run("document.querySelectorAll('b').length") == 0


def test_pages_and_both_models_side_by_side(tab, url, tuned):
    tab.open(f"{url}?q=so")
    tab.wait(DONE)
    choose(tab, "all")
    assert tab.run(HEADINGS) == ["The pages", "Tuned model", "Base model"] and "Three" in tab.run(TEXTS)[2]
    places = "[...document.querySelectorAll('article')].map(it => [it.offsetLeft, it.offsetTop])"
    lefts, tops = zip(*tab.run(places), strict=True)
    assert len(set(tops)) == 1 and sorted(set(lefts)) == list(lefts), "three columns"
    # As make ask asks: greedily, and with the prompt that the model was trained with.
    system, user = tuned.asked[-1][0]
    assert system == {"role": "system", "content": "You are tuned."} and user["content"] == "so"
    assert tuned.asked[-1][1]["temperature"] == 0 and tuned.asked[-1][1]["repeat_penalty"] == 1.0


def test_a_new_question_ends_the_one_before(tab, url, tuned):
    tab.open(f"{url}?q=so")
    tab.wait(DONE)
    tuned.going.clear()
    tab.run("document.querySelector('input[value=models]').click()")
    tab.wait("document.querySelector('article.model .answer')?.textContent === 'One'")
    tab.run("document.querySelector('input[value=pages]').click()")
    tab.run("question.value = 'nothing'; document.forms[0].requestSubmit()")
    tuned.going.set()
    tab.wait(f"{DONE} && asked.textContent === 'nothing'")
    assert (
        tab.run(HEADINGS) == ["The pages"]
        and tab.run("said.children.length") == 1
        and not tab.run("document.querySelector('#note').innerText")
    )


def test_a_server_without_pages_offers_the_models(tab):
    with serving(None, tuned=Speaker("One")) as address:
        tab.open(address)
        tab.wait("document.querySelector('#note').innerText.includes('RAG=0')")
        tab.run("question.value = 'so'; document.forms[0].requestSubmit()")
        tab.wait(DONE)
        assert tab.run(HEADINGS) == ["Tuned model"] and tab.run("ways.hidden")


def test_what_goes_wrong_is_told(tab):
    with serving(None, tuned=Speaker("One", None), base=Speaker("Three")) as address:
        tab.open(f"{address}?q=so")
        tab.wait(DONE)
        assert "No answer." in tab.run(TEXTS)[0] and "Three" in tab.run(TEXTS)[1], "the others answer"
        assert "Tuned model: out of words" in tab.run("document.querySelector('#note').innerText")
    tab.run("document.forms[0].requestSubmit()")
    tab.wait(f"{DONE} && document.querySelector('#note').textContent.includes('make serve')")


def test_the_keyboard_is_enough(tab, url):
    tab.open(url)
    tab.wait("!ways.hidden")
    assert tab.run("document.activeElement.id") == "question"
    tab.send("Input.insertText", text="Is it so?")
    tab.press("Enter")
    tab.wait(DONE)
    assert tab.run("document.activeElement.id") == "question", "the next question can be typed at once"
    seen = []
    for key in ("Tab", "Tab", "ArrowRight", "ArrowRight", "Tab", "Tab"):
        tab.press(key)
        tab.wait(DONE)
        seen.append(tab.run(FOCUS))
    assert [name for name, _, _ in seen] == ["button", "input", "input", "input", "a", "summary"]
    assert [value for name, value, _ in seen if name == "input"] == ["pages", "models", "all"]
    assert all(outline != "none" for _, _, outline in seen), "where the keyboard is can be seen"
    tab.press("Enter")
    assert tab.run("document.querySelector('details').open") and len(tab.run(HEADINGS)) == 3


def test_a_screen_reader_is_told_each_answer_once_it_is_whole(tab, url):
    tab.open(f"{url}?q=so")
    tab.wait(DONE)
    choose(tab, "all")
    tab.send("Accessibility.enable")
    nodes = tab.send("Accessibility.getFullAXTree")["nodes"]
    found = [(it["role"]["value"], it.get("name", {}).get("value", "")) for it in nodes if not it["ignored"]]
    assert {("textbox", "Your question"), ("button", "Ask"), ("group", "Answer from"), ("radio", "the pages"),
            ("heading", "so"), ("region", "so"), ("heading", "Base model")} <= set(found)  # fmt: skip
    assert "log" in {role for role, _ in found}
    said = tab.run("[...said.children].map(it => it.textContent)")
    assert said == [f"The pages: Before code. {NASTY} After.", f"Tuned model: One two {NASTY}", "Base model: Three"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [400, 1280])
def test_it_fits_and_can_be_read(tab, url, width, scheme):
    tab.open(f"{url}?q={LONG}", width, scheme)
    tab.wait(DONE)
    choose(tab, "all")
    tab.run(f"document.querySelectorAll('.answer, a, li p').forEach(it => it.textContent = '{LONG}');"
            "document.querySelectorAll('details').forEach(it => it.open = true)")  # fmt: skip
    assert tab.run("innerWidth") == width
    assert tab.run("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0
    assert tab.run("getComputedStyle(document.body).backgroundColor") == BACKGROUND[scheme]
    assert min(tab.run(CONTRASTS)) >= 4.5


# Where the keyboard is, and how that is shown.
FOCUS = """(() => { const it = document.activeElement, shown = it.closest("fieldset label") ?? it;
  return [it.localName, it.value ?? "", getComputedStyle(shown).outlineStyle]; })()"""
# The contrast of each text with what is behind it: https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio
CONTRASTS = """(() => {
  const parts = (text) => text.match(/[\\d.]+/g).map(Number);
  const linear = (c) => c <= .04045 ? c / 12.92 : ((c + .055) / 1.055) ** 2.4;
  const light = (rgb) => [.2126, .7152, .0722].reduce((sum, share, i) => sum + share * linear(rgb[i] / 255), 0);
  const behind = (it) => { const c = parts(getComputedStyle(it).backgroundColor);
    return c[3] === 0 && it.parentElement ? behind(it.parentElement) : c; };
  return [...document.querySelectorAll("h1, h2, h3, label, legend, button, p, a, span, summary, mark")]
    .filter((it) => it.textContent.trim() && it.checkVisibility())
    .map((it) => [light(parts(getComputedStyle(it).color)), light(behind(it))].sort((a, b) => b - a))
    .map(([high, low]) => (high + .05) / (low + .05));
})()"""


def test_it_asks_nobody_else_and_runs_nothing_that_is_put_into_it(tab, url):
    tab.open(f"{url}?q=so")
    tab.wait(DONE)
    choose(tab, "all")
    asked = [it["params"]["request"]["url"] for it in tab.events if it["method"] == "Network.requestWillBeSent"]
    assert f"{url}v1/chat/completions" in asked
    assert [it for it in asked if not it.startswith((url, "data:", "about:"))] == []
    assert not [it for it in tab.events if it["method"] == "Log.entryAdded"], "an error of the page itself"
    tab.run("""window.refused = []; document.addEventListener('securitypolicyviolation',
        (event) => refused.push(event.effectiveDirective));
        const script = document.createElement('script'); script.textContent = 'window.hacked = 1';
        const image = document.createElement('img'); image.src = 'http://127.0.0.1:9/x.png';
        const frame = document.createElement('iframe'); frame.src = 'http://127.0.0.1:9/';
        const style = document.createElement('style'); style.textContent = 'body { display: none }';
        document.body.append(script, image, frame, style); fetch('http://127.0.0.1:9/').catch(() => 0); 0""")
    wanted = ["connect-src", "frame-src", "img-src", "script-src-elem", "style-src-elem"]
    tab.wait(f"JSON.stringify([...new Set(refused)].sort()) === {json.dumps(json.dumps(wanted))}".replace(", ", ","))
    assert tab.run("window.hacked") is None
