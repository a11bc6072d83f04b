"""The little grammar that questions need: where a sentence's subject ends, its verb, and the forms of that verb.

No parser and no model: word lists and patterns of documentation English. They may err, as what does not fit is dropped.
"""

import re
from functools import lru_cache

# Words that can only be the finite verb here, and those whose question needs no "do".
AUXILIARY = "is are can may must should will has have cannot".split()
# Plural subjects have verbs without -s, which cannot be told from nouns; these are the usual ones of documentation.
PLURAL_VERBS = (
    "belong carry come contain control count depend do evolve fail follow go help hold keep know live look make "
    "mention need offer pass point produce read receive report run say see share show start stay take tell use work"
).split()
THIRD_PERSON = re.compile(r"(?!its$|always$|sometimes$|perhaps$|\w+(?:ous|us|is)$)[a-z]+(?:[^\Ws]s|sses)")
# In front of one of these a word that ends in -s is a verb; in front of any other it may be a noun, as in "tests pass".
AFTER_VERB = re.compile(
    r"^(an?|the|its?|their|one|two|every|each|all|both|no|not|on|in|to|for|from|with|without|by|under|at|into|through|"
    r"about|towards|behind|only|when|what|which|that|how|where|whether|as|up|out|any|several|some|[A-Z].*|\d.*)$"
)
# Sentences that begin so, or whose subject would hold such a word, do not begin with their subject.
NO_SUBJECT = (
    "when if because unless while although by after before in on at without with to for normally usually otherwise up "
    "use set put give leave keep create look make add ask link run do not where until since never see read "
    "choose pin commit raise annotate"
).split()
IMPERATIVES = (
    "add annotate ask change check choose commit copy create define delete disable enable give install keep let link "
    "list look make merge move name open pick pin place point push put raise remove rename run select set start store "
    "tag turn update use write"
).split()
RELATIVE = "that which who whose".split()
ADVERBS = re.compile(r" (also|therefore|then|only|never|always|usually|normally|itself|themselves|still|already|can)$")
LONGEST_SUBJECT = 9
PEOPLE = re.compile(
    r"\w*(teams?|users?|administrators?|admins?|developers?|engineers?|people|persons?|owners?|maintainers?)$",
    re.I,
)
COMMON = "The Two Some Most All Many Several A An Each Every One No Everything Nothing People".split()
# Longer runs without a blank, such as encoded data, hold no words.
LONGEST_WORD = 100


@lru_cache(maxsize=64)
def words_of(text: str) -> frozenset[str]:
    """All that stands in `text` as a word: between blanks, or between these and other marks than . and -.

    A set, as a page is asked for a word at each of its sentences: searching the page anew took hours for 8 MB.
    """
    found: set[str] = set()
    for word in set(text.split()):
        if len(word) <= LONGEST_WORD:
            starts = [i for i in range(len(word)) if i == 0 or not re.match(r"[\w.-]", word[i - 1])]
            ends = [i for i in range(1, len(word) + 1) if i == len(word) or not re.match(r"[\w-]", word[i])]
            found |= {word[start:end] for start in starts for end in ends if start < end}
    return frozenset(found)


def is_word(text: str, section: str) -> bool:
    """Whether `text`, which begins a sentence, is an ordinary word and no name: `section` has it in lower case too."""
    return text in COMMON or not {text.lower(), f"{text.lower()}s"}.isdisjoint(words_of(section))


def subject(sentence: str, section: str = "") -> tuple[str, str] | None:
    """(subject, verb) of a sentence that begins with its subject, or None. section: the text around it."""
    words = sentence.rstrip(".!").split()
    for index in range(min(len(words) - 1, LONGEST_SUBJECT + 1)):
        before, word, after = words[index - 1] if index else "", words[index], words[index + 1]
        if before.endswith((",", ":", ";")) or word.lower() in NO_SUBJECT and (not index or word in NO_SUBJECT[:6]):
            return None
        if not index or before in RELATIVE:
            continue
        # After a name, and in what begins with "a", a word in -s is the verb unless a verb follows.
        singular = words[0] in ("A", "An", "Each", "Every") or (
            index == 1 and before[0].isupper() and not is_word(before, section)
        )
        nominal = after in AUXILIARY or after in PLURAL_VERBS or after in ("of", "and", "or")
        third = (
            THIRD_PERSON.fullmatch(word)
            and before not in ("and", "or")
            and (AFTER_VERB.match(after) or singular and not nominal and not set(RELATIVE) & set(words[:index]))
        )
        plural = word in PLURAL_VERBS and (before.endswith("s") or AFTER_VERB.match(after))
        if word in AUXILIARY or third or plural:
            return ADVERBS.sub("", " ".join(words[:index])), word
    return None


def head(name: str) -> str:
    """The noun of a subject: "team" of "a team that wants its own settings"."""
    return re.split(r" (?:that|which|who|whose|of|with|in|on|for|from|to|by|behind|without) ", name)[0].split()[-1]


def imperative(sentence: str) -> bool:
    """Whether a sentence tells the reader what to do, like "Set the parameter to true."."""
    first, *_ = sentence.lower().split() or [""]
    return not subject(sentence) and first.isalpha() and first in IMPERATIVES


def base_form(verb: str) -> str:
    """The verb after "does": "runs" -> "run"."""
    if verb == "has" or not verb.endswith("s") or verb.endswith("ss"):
        return "have" if verb == "has" else verb
    if verb.endswith("ies"):
        return verb[:-3] + "y"
    return verb[:-2] if re.search(r"(ss|x|z|ch|sh|o)es$", verb) else verb[:-1]


def third_person(verb: str) -> str:
    """The verb after "what" and "who": "run" -> "runs"."""
    if verb in AUXILIARY or base_form(verb) != verb:
        return "has" if verb == "have" else verb
    if re.search(r"[^aeiou]y$", verb):
        return verb[:-1] + "ies"
    return verb + ("es" if re.search(r"(s|x|z|ch|sh|o)$", verb) else "s")
