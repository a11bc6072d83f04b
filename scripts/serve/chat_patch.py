"""`ilab model chat` that asks each question on its own, as `make ask` does and as the models here are trained.

ilab sends all that was said before, and when that is long it drops the oldest message, which is the system prompt. A
message that does not fit ends in a traceback or empties the chat.
https://github.com/instructlab/instructlab/blob/v0.26.1/src/instructlab/model/chat.py
"""

import openai

from scripts import program
from scripts.serve import llama

TARGET = "instructlab.model.chat"


def alone(messages):
    """Of the `messages` of a chat its system prompt and its last question."""
    return [message for message in messages[:1] if message["role"] == "system"] + messages[-1:]


def apply(module):
    """Replace the class that sends the messages in the loaded module; AttributeError if ilab no longer has it."""

    class Chat(module.ConsoleChatBot):
        def __init__(self, *arguments, **options):
            super().__init__(*arguments, **{**options, "max_ctx_size": None})
            completions = self.client.chat.completions
            create = completions.create

            def ask(messages, **options):
                try:
                    chunks = create(messages=alone(messages), timeout=llama.TIMEOUT, **options)
                except openai.APIStatusError as error:
                    self.console.print(program.printable(said(error)), style="red", markup=False)
                    messages.pop()
                    raise KeyboardInterrupt from error  # the way in which ilab goes on to the next question
                return map(harmless, chunks)

            completions.create = ask

    module.ConsoleChatBot = Chat


def said(error):
    """The message of a server that refused a request."""
    return error.body["message"] if isinstance(error.body, dict) and "message" in error.body else str(error)


def harmless(chunk):
    """A piece of an answer, without what would steer the terminal."""
    delta = chunk.choices[0].delta
    delta.content = delta.content and program.printable(delta.content)
    return chunk
