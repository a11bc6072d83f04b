"""A patch for scripts.ilab: each completion that ilab gets goes into the file $RECORD; stock keeps them in memory."""

import json
import os

TARGET = "openai.resources.completions"


def apply(module):
    create = module.Completions.create

    def recorded(self, **options):
        reply = create(self, **options)
        with open(os.environ["RECORD"], "a", encoding="utf-8") as file:
            file.writelines(json.dumps(choice.text) + "\n" for choice in reply.choices)
        return reply

    module.Completions.create = recorded
