"""The page to ask, in a real browser: it asks the server that gave it, shows text as text, and fits into its window."""

import html

import pytest

from scripts.retrieve import answers
from scripts.serve import api, local_server, pages, web
from tests import browser
from tests.browser import browse, check_fit, needed

pytestmark = [pytest.mark.slow, needed]
NASTY = "<b>bold</b> & 'so' </script><img src=x onerror=alert(1)>"
LONG = "word" * 200


class Silent:
    """In the place of a model that is not asked here."""

    generate = None

    def create_chat_completion(self, model, messages, stream=False, **_):
        message = {"role": "assistant", "content": f"Alone: {messages[-1]['content']}"}
        return {"choices": [{"index": 0, "message": message, "finish_reason": "stop"}], "usage": {}, "model": model}

    create_completion = create_chat_completion


def looked_up(question):
    source = answers.Source(f"Before. {NASTY} After.", NASTY, "A & B", "<C>", "https://docs/#c", 0.9)
    bad = answers.Source("x", "x", "Link", "", "javascript:alert(1)", 0.8)
    return answers.judged([source, bad], 2.0 if "nothing" in question else 0.5)


def serving(found):
    port = local_server.free_port()
    return browser.serving(api.application(Silent(), "tiny", port, found), port)


def test_a_question_is_answered_with_its_sources(tmp_path):
    with serving(pages.completions(looked_up)) as url:
        shown = browse(f"{url}?q=Is%20it%20so%3F", tmp_path).stdout
        declined = browse(f"{url}?q=nothing", tmp_path).stdout
    assert '<h2 id="asked">Is it so?</h2>' in shown and ">Sources</h3>" in shown
    assert f"<mark>{html.escape(NASTY, quote=False)}</mark>" in shown and "<b>bold" not in shown
    assert '<a href="https://docs/#c" rel="noreferrer">A &amp; B &gt; &lt;C&gt;</a>' in shown
    assert "javascript:" not in shown and 'aria-busy="false"' in shown
    assert ">The documentation does not say.</p>" in declined and ">What came nearest</h3>" in declined


def test_a_server_without_pages_offers_the_model_alone(tmp_path):
    with serving(None) as url:
        shown = browse(url, tmp_path).stdout
        assert "may make things up" in shown and '<fieldset id="ways" hidden' in shown


@pytest.mark.parametrize("width", [400, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_fits(tmp_path, width, scheme):
    source = (web.FOLDER / "index.html").read_text().replace(" hidden>", ">")
    source = source.replace(
        '<link rel="stylesheet" href="page.css">', f"<style>{(web.FOLDER / 'page.css').read_text()}</style>"
    )
    source = source.replace('id="answer">', f'id="answer">{LONG}').replace('id="asked">', f'id="asked">{LONG}')
    source = source.replace('<ol id="sources">', f'<ol id="sources"><li><a href="x">{LONG}</a><p>{LONG}</p></li>')
    check_fit(source, tmp_path, width, scheme)
