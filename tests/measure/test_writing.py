"""One spelling for the many ways to write the same thing; test_terms.py has what follows from it."""

import pytest

from scripts.measure.writing import normalise


@pytest.mark.parametrize(
    "text, same",
    [
        ("It  is\t5\u00a0h", "it is 5 h"),
        ("one\n\ntwo", "one\n\ntwo"),  # a new line is a new sentence
        ("25\u2103", "25°c"),
        ("a \u2013 b\u2014c", "a - b - c"),
        ("\u201cone\u201d \u2018two\u2019 \u00abthree\u00bb", '"one" \'two\' "three"'),
        ("1,234,567 and 12'345", "1234567 and 12345"),
        ("2024,100 and 0,125 and 1.234,567", "2024,100 and 0,125 and 1.234,567"),
        ("v1.5, dev1.5, v1, 5.v1.5", "1.5, dev1.5, v1, 5.v1.5"),
        ("10GB, rev10GB, 1.2.10s, 10GBx", "10 gb, rev10gb, 1.2.10s, 10gbx"),
        ("1.5h and 100ms", "1.5 h and 100 ms"),
        ("5%, 5 per cent, 5%20, 5 percents", "5 percent, 5 percent, 5%20, 5 percents"),
        ("-1, 0-1, UTC-5, -$5", "\u22121, 0-1, utc-5, \u2212$5"),
        ("image\\_url, a\\*b, C:\\x", "image_url, a*b, c:\\x"),
    ],
)
def test_one_spelling(text, same):
    assert normalise(text) == same
    assert normalise(same) == same
