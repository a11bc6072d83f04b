"""What a request may hold, as pydantic models: what OpenAI's clients send, and what of it this server does."""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, AliasChoices, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

# Fields that ask for something else than one text answer, and the values with which they ask for nothing. Others that
# are not known here, such as user or stream_options, change no answer and are passed over.
NOT_OFFERED: dict[str, tuple] = {
    "logprobs": (False,), "top_logprobs": (0,), "logit_bias": ({},), "tools": ([],), "functions": ([],),
    "tool_choice": ("none", "auto"), "function_call": ("none", "auto"), "suffix": ("",), "best_of": (1,),
    "modalities": (["text"],), "audio": (), "grammar": ("",),
}  # fmt: skip
Positive = Annotated[int, Field(ge=1)]
Prompts = Annotated[
    list[Annotated[str, Field(min_length=1)]],
    Field(min_length=1),
    BeforeValidator(lambda prompt: [prompt] if isinstance(prompt, str) else prompt),
]


def text_of(content: Any) -> Any:
    """The text of a message, which clients also send as a list of parts."""
    if not isinstance(content, list):
        return "" if content is None else content
    texts = [part.get("text") for part in content if isinstance(part, dict) and part.get("type") == "text"]
    found = [text for text in texts if isinstance(text, str)]
    if len(found) != len(content):
        raise ValueError('the model reads text alone: give text, or parts of the form {"type": "text", "text": "..."}')
    return "".join(found)


class Message(BaseModel):
    role: Annotated[
        Literal["system", "developer", "user", "assistant"],
        AfterValidator(lambda role: "system" if role == "developer" else role),
    ]
    content: Annotated[str, BeforeValidator(text_of)] = ""


class Format(BaseModel):
    type: Literal["text", "json_object"]


class Sampling(BaseModel):
    """What all requests share. The defaults are llama-cpp-python's, but for repeat_penalty: its 1.1 makes the words of
    the question less likely, and models here are trained without that."""

    model_config = ConfigDict(allow_inf_nan=False)
    asked_of: str = Field("", validation_alias="model")
    n: int = Field(1, ge=1, le=128)
    temperature: float = Field(0.8, ge=0, le=100)
    top_p: float = Field(0.95, ge=0, le=1)
    top_k: int = Field(40, ge=0, lt=2**31)
    min_p: float = Field(0.05, ge=0, le=1)
    repeat_penalty: float = Field(1.0, gt=0, le=100)
    presence_penalty: float = Field(0.0, ge=-2, le=2)
    frequency_penalty: float = Field(0.0, ge=-2, le=2)
    seed: int | None = None
    stop: str | list[str] = []
    stream: bool = False

    @model_validator(mode="before")
    @classmethod
    def offered(cls, body: Any) -> Any:
        """`body` without what is null; ValueError if it asks for something that is not done here."""
        if not isinstance(body, dict):
            return body
        body = {name: value for name, value in body.items() if value is not None}
        for name, nothing in NOT_OFFERED.items():
            if name in body and body[name] not in nothing:
                raise ValueError(f"{name} is not offered here; leave it out")
        return body


class Chat(Sampling):
    """A body for /v1/chat/completions."""

    messages: list[Message] = Field(min_length=1)
    max_tokens: Positive | None = Field(None, validation_alias=AliasChoices("max_completion_tokens", "max_tokens"))
    response_format: Format = Format(type="text")

    def calls(self) -> list[dict]:
        """The arguments of Llama.create_chat_completion, once for each answer."""
        return repeated(self.model_dump(exclude={"n"}), self.n)


class Completion(Sampling):
    """A body for /v1/completions."""

    prompt: Prompts
    max_tokens: Positive = 16
    echo: bool = False

    def calls(self) -> list[dict]:
        """The arguments of Llama.create_completion, once for each prompt and answer."""
        shared = self.model_dump(exclude={"n", "prompt"})
        return [call for prompt in self.prompt for call in repeated({**shared, "prompt": prompt}, self.n)]


def repeated(arguments: dict, times: int) -> list[dict]:
    """`arguments` once for each of several answers, with a seed of its own: with the same seed all would be equal."""
    seed = arguments["seed"]
    return [{**arguments, "seed": None if seed is None else seed + number} for number in range(times)]
