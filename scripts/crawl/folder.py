"""A local folder of HTML or Markdown, crawled as if a server gave it out."""

import email.utils
import mimetypes
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

import requests

from scripts.crawl.address import MARKDOWN

HOST = "http://folder.localhost/"  # stands for the folder in addresses while the crawl runs
INDEXES = ("index.html", "index.htm", "index.md", "README.md", "readme.md")
KINDS = {".html": "text/html", ".htm": "text/html", ".xhtml": "application/xhtml+xml",
         ".md": "text/markdown", ".mdx": "text/markdown", ".markdown": "text/markdown"}  # fmt: skip


class FolderAdapter(requests.adapters.BaseAdapter):
    """Answers requests from the files below `folder`; what lies outside, also by a link, is not found."""

    def __init__(self, folder: Path):
        super().__init__()
        self.folder = folder.resolve()

    def send(self, request, **_) -> requests.Response:
        response = requests.Response()
        response.request, response.url = request, request.url
        path = (self.folder / unquote(urlsplit(request.url).path).lstrip("/")).resolve()
        if path.is_dir():
            path = next((path / name for name in INDEXES if (path / name).is_file()), path)
        inside = path.is_relative_to(self.folder)
        response.status_code = 200 if inside and path.is_file() else 404
        response._content = path.read_bytes() if response.status_code == 200 else b""
        kind = KINDS.get(path.suffix.lower()) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        response.headers["Content-Type"] = kind
        response.headers["Date"] = email.utils.formatdate(usegmt=True)
        return response

    def close(self):
        pass


def open_folder(folder: Path) -> requests.Session:
    """A session that answers from `folder` alone."""
    session = requests.Session()
    session.trust_env = False
    session.mount("http://", FolderAdapter(folder))
    session.mount("https://", FolderAdapter(folder))
    return session


def pages_in(folder: Path) -> list[str]:
    """The addresses of all pages in the folder. A Markdown file beside the HTML of the same name is its source."""
    files = [path for path in sorted(folder.rglob("*")) if path.suffix.lower() in KINDS and path.is_file()]
    visible = [path for path in files if not any(part.startswith(".") for part in path.relative_to(folder).parts)]
    html = {path.with_suffix("") for path in visible if not MARKDOWN.search(path.name)}
    kept = [path for path in visible if not MARKDOWN.search(path.name) or path.with_suffix("") not in html]
    return [HOST + quote(path.relative_to(folder).as_posix()) for path in kept]


def without_host(text: str) -> str:
    """Addresses relative to the folder, which say nothing about this machine."""
    return text.replace(HOST, "")
