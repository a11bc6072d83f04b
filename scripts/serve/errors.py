"""What is wrong with a request, in OpenAI's form."""

import pydantic
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse

from scripts.serve import llama

# What refuse() is told of. llama.cpp's complaints about a prompt and those of pydantic about a body are ValueErrors.
HANDLED = (HTTPException, ValueError, Exception)


def error(status: int, message: str, code: str | None = None) -> JSONResponse:
    """An error in OpenAI's form."""
    kind = "invalid_request_error" if status < 500 else "server_error"
    return JSONResponse({"error": {"message": message, "type": kind, "param": None, "code": code}}, status)


async def refuse(request: Request, failure: Exception) -> JSONResponse:
    """The answer to a request that ended in `failure`: status 500 only where the server itself is at fault."""
    if isinstance(failure, HTTPException):
        return error(failure.status_code, str(failure.detail))
    if isinstance(failure, pydantic.ValidationError):
        return error(400, "; ".join(described(fault) for fault in failure.errors(include_input=False)[:3]))
    if isinstance(failure, ValueError):
        failure = llama.explained(failure)
        return error(400, str(failure), "context_length_exceeded" if isinstance(failure, llama.TooLong) else None)
    return error(500, f"{type(failure).__name__}: {failure}")


def described(fault) -> str:
    """One fault that pydantic found, with its place in the body: "messages.0.role: Input should be ..."."""
    place = ".".join(str(part) for part in fault["loc"])
    return f"{place}: {fault['msg']}".removeprefix(": ").replace("Value error, ", "")
