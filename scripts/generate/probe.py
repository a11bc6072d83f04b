"""Look at a teacher behind an endpoint before it is asked: one line that says what is wrong, or how to ask it."""

import argparse
import re
from pathlib import Path

import openai

from scripts import arguments, endpoint, program
from scripts.generate import forms, request, teacher
from scripts.generate.asker import why

ROOM = 300  # tokens of the trial's reply: enough for a word, and to see whether the model thinks aloud
TRIAL = "Read the text below, and answer with the one word READY.\n\n"
SECONDS = 300  # for an answer: a server may load a large model first


def address_of(url: str) -> str:
    """The address below which the server at `url` answers: with /v1 where that was left out."""
    plain = endpoint.address(url)
    for it in [plain] if re.search(r"/v\d\w*$", plain) else [plain, f"{plain}/v1"]:
        with endpoint.client(it, timeout=SECONDS) as client:
            try:
                if isinstance(client.models.list().data, list):
                    return it
            except openai.NotFoundError:
                continue
            except openai.APIConnectionError:
                break
            except (openai.OpenAIError, AttributeError, TypeError):  # such as a page for people
                continue
    return plain


def name_of(client: openai.OpenAI, wanted: str) -> str:
    """The teacher's name: `wanted`, or the only one that the server lists; ends the program when it cannot be."""
    try:
        listed = [it.id for it in client.models.list().data]
    except openai.APIStatusError as error:
        if error.status_code in (401, 403):
            program.fail(why(error, wanted))
        listed = []
    except openai.OpenAIError as error:
        program.fail(why(error, wanted))
    except (AttributeError, TypeError):  # a server that lists them in a form of its own
        listed = []
    shown = ", ".join(listed[:10]) + (", ..." if len(listed) > 10 else "")
    if wanted:
        if not listed or wanted in listed or any(name.startswith(f"{wanted}:") for name in listed):
            return wanted
        alike = [name for name in listed if f"/{name}".casefold().endswith(f"/{wanted}".casefold())]
        if len(alike) != 1:
            program.fail(f"the endpoint has no model {wanted}; TEACHER= can be {shown}")
        return alike[0]
    if len(listed) != 1:
        program.fail(f"TEACHER= names the model to ask; the endpoint has {shown or 'no list of its models'}")
    return listed[0]


def route(client: openai.OpenAI, model: str, settings: dict, longest: str) -> str:
    """ "chat" or "completions": the way in which the teacher answers a prompt as long as the `longest` part.

    What its server refuses is left in settings["without"].
    """
    messages = [{"role": "system", "content": "You read."}, {"role": "user", "content": TRIAL + longest}]
    options = {"max_tokens": ROOM, "temperature": 0}
    settings["model"] = model
    for settings["route"] in ("chat", "completions"):
        way = settings["route"]
        try:
            made = request.patiently(lambda: request.send(client, messages, options, settings))
        except openai.APIStatusError as error:
            if way == "chat" and error.status_code in (404, 405, 501):
                continue
            program.fail(why(error, model))
        except openai.OpenAIError as error:
            program.fail(why(error, model))
        if forms.thoughtless(made["reply"]).strip():
            return way
        if made["out"] >= ROOM - 1 or "<think" in made["reply"].lower():
            program.fail(f"{model} thinks aloud and does not come to an answer in {ROOM} tokens; turn that off, with "
                         "generate.facts.request in the config, which has an example")  # fmt: skip
        program.fail(f"{model} answers nothing to a prompt of {len(longest.split())} words; try another TEACHER=")
    raise AssertionError("completions either answers or fails")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--arguments", type=Path, required=True, help="arguments file: settings and generate section")
    parser.add_argument("--config", type=Path, required=True, help="ilab config")
    args = parser.parse_args()
    given = arguments.read(args.arguments)
    url = given["settings"]["ENDPOINT"].strip()
    teacher.check(given["config"]["generate"], args.config, url)
    if url:  # none when a teacher in a GGUF file takes the place of one behind an endpoint
        with endpoint.client(address_of(url), timeout=SECONDS) as client:
            name_of(client, given["settings"].get("TEACHER", "").strip())


if __name__ == "__main__":
    main()
