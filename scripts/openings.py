"""How a question about a sentence may begin; the teacher goes on from there, which keeps it on the subject.

Greedily and left to itself a 135M teacher asks "What is ...?" about everything; given "How often does MintMaker" it
goes on with "run?". What does not fit is dropped afterwards, so these rules may err.
"""

import re

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
LONGEST_SUBJECT = 10
PEOPLE = re.compile(
    r"\w*(teams?|users?|administrators?|admins?|developers?|engineers?|people|persons?|owners?|maintainers?)$",
    re.I,
)
UNITS = r"(?:\d+ |other |few )?(?:minute|hour|day|night|week|month|saturday|sunday|monday|friday|time)s?\b"
# How the part of a sentence begins that is asked for with these words.
GAPS = {
    "when": r"(?:before|after|when|whenever|once|if|as soon as|during|on \w+days?|at (?:midnight|the (?:start|end)))\b",
    "where": r"(?:in|into|on|inside) (?!\w+days?|JSON|YAML)(?:the|an?|its|their|[A-Z]|\S*[._/*-])"
    r"(?!(?:\S+ ){0,2}(?:same|order|way|case|time|end|advance|format|syntax|language)\b)",
    "why": r"(?:because|so that|since)\b",
    "how": r"(?:by|with|through|via|using|without) \S",
    "how often": rf"(?:every {UNITS}|daily|hourly|weekly|nightly|once an?|twice an?|at regular times)",
}  # fmt: skip
COMMON = "The Two Some Most All Many Several A An Each Every One No Everything Nothing People".split()


def is_word(text, section):
    """Whether `text`, which begins a sentence, is an ordinary word and no name: `section` has it in lower case too."""
    return text in COMMON or bool(re.search(rf"(?<![\w.-]){re.escape(text.lower())}s?(?![\w-])", section))


def subject(sentence, section=""):
    """(subject, verb) of a sentence that begins with its subject, or None."""
    words = sentence.rstrip(".!").split()
    for index in range(len(words[: LONGEST_SUBJECT + 1]) - 1):
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


def starts_small(name, verb, page):
    """Whether the capital of a subject is only that of the sentence's first word, and no name's."""
    first, *others = name.split()
    if first in COMMON or re.search(r"\d|[^\W][A-Z]|[._/*]", first) or re.match(r"(?:as )?[A-Z]", " ".join(others)):
        return first in COMMON
    # A name has its capital within sentences too.
    inner = re.search(rf"[a-z,] {re.escape(first)}\b", page)
    common = first.endswith(("ing", "ed")) or verb in PLURAL_VERBS or others and others[0].islower()
    return is_word(first, page) or not inner and bool(common)


def head(name):
    """The noun of a subject: "team" of "a team that wants its own settings"."""
    return re.split(r" (?:that|which|who|whose|of|with|in|on|for|from|to|by|behind|without) ", name)[0].split()[-1]


def imperative(sentence):
    """Whether a sentence tells the reader what to do, like "Set the parameter to true."."""
    first = sentence.split()[0].lower()
    return not subject(sentence) and first.isalpha() and first in IMPERATIVES


def base_form(verb):
    """The verb after "does": "runs" -> "run"."""
    if verb == "has" or not verb.endswith("s"):
        return "have" if verb == "has" else verb
    if verb.endswith("ies"):
        return verb[:-3] + "y"
    return verb[:-2] if re.search(r"(ss|x|z|ch|sh|o)es$", verb) else verb[:-1]


def third_person(verb):
    """The verb after "what" and "who": "run" -> "runs"."""
    if verb in AUXILIARY or base_form(verb) != verb:
        return "has" if verb == "have" else verb
    return verb[:-1] + "ies" if verb.endswith("ry") else verb + ("es" if re.search(r"(s|x|z|ch|sh|o)$", verb) else "s")


def adverbials(rest):
    """The question words whose answer `rest`, what follows the verb, may hold."""
    return [kind.capitalize() for kind, begins in GAPS.items() if re.search(rf"(?:^|[ ,]){begins}", rest)]


def openings(sentence, page):
    """The openings to try for one sentence of a `page`; none when no question about it is safe."""
    text = sentence[0].lower() + sentence[1:]
    if re.match(r"^(when|if) [^,]+, ", text):
        condition, _, then = text.partition(", ")
        return [f"What should you do {condition}" if imperative(then) else f"What happens {condition}"]
    if purpose := re.match(r"^to ([^,]+), ", text):
        return [f"How do you {purpose[1]}"]
    known = subject(sentence, page)
    if not known:
        purpose = re.search(r" to ([a-z]+) ", text)
        return [f"How do you {purpose[1]}"] if purpose and imperative(sentence) else []
    name, verb = known
    rest = sentence.split(f" {verb} ", 1)[-1].rstrip(".!")
    if starts_small(name, verb, page):
        name = name[0].lower() + name[1:]
    asker, follows = "Who" if PEOPLE.match(head(name)) else "What", rest.split()[0]
    if verb in ("is", "are"):
        found = [f"What {verb} {name}", *([f"{asker} is {follows}"] if verb == "is" and follows.endswith("ed") else [])]
    elif verb in AUXILIARY and verb != "has":
        found = [f"{asker} {verb} {follows}"]
        verb = verb.removesuffix("not")
        found.append(f"What {verb} {name}")
    else:
        do = "does" if verb.endswith("s") else "do"
        asked = f"{do} {name} {base_form(verb)}"
        found = [f"What {do} {name}", f"What {asked}", f"{asker} {third_person(verb)} {follows}"]
        return found + [f"{kind} {asked}" for kind in adverbials(rest)]
    return found + [f"{kind} {verb} {name}" for kind in adverbials(rest)]
