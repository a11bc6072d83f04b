"""The characters of a page, whose bytes may be in any of the encodings of the web."""

import re

from bs4.dammit import EncodingDetector, UnicodeDammit

# Their bytes are valid UTF-8 as well, so what the page says of itself is asked before UTF-8 is tried.
LOOKS_LIKE_UTF8 = re.compile(r"^(iso-2022-|hz|utf-?16|utf-?32|ucs-?[24])", re.I)
# Browsers read the left as the right: https://encoding.spec.whatwg.org/#names-and-labels
BROWSERS = {
    **dict.fromkeys(("iso-8859-1", "iso8859-1", "latin1", "latin-1", "us-ascii", "ascii"), "windows-1252"),
    **dict.fromkeys(("shift_jis", "shift-jis", "sjis", "x-sjis", "windows-31j"), "cp932"),
    **dict.fromkeys(("gb2312", "gbk", "x-gbk"), "gb18030"),
    **dict.fromkeys(("euc-kr", "ks_c_5601-1987", "korean"), "cp949"),
    "iso-8859-9": "windows-1254",
    "big5": "big5hkscs",
}


def text_of(body: bytes, content_type: str = "") -> str:
    """The text of a page: valid UTF-8 first, then as the server or the page says, then as it looks.

    A byte that is none of a declared encoding becomes U+FFFD.
    """
    if not body:
        return ""
    body, marked = EncodingDetector.strip_byte_order_mark(body)
    header = re.search(r"charset\s*=\s*[\"']?([\w.:-]+)", content_type, re.I)
    declared = header[1] if header else EncodingDetector.find_declared_encoding(body, is_html=True)
    declared = BROWSERS.get((declared or "").lower(), declared)
    first = marked or (declared if LOOKS_LIKE_UTF8.match(declared or "") else None) or "utf-8"
    for encoding in filter(None, (first, declared)):
        try:
            return body.decode(encoding)
        except (UnicodeDecodeError, LookupError):  # LookupError: there is no such encoding
            continue
    known = [] if not declared or declared.lower() in ("utf-8", "utf8") else [declared]
    if declared and not known:
        return body.decode("utf-8", errors="replace")
    guess = UnicodeDammit(body, override_encodings=known, is_html=True).unicode_markup
    return guess if guess is not None else body.decode("utf-8", errors="replace")
