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
THIRD_PERSON = re.compile(r"(?!its$|always$|\w+(?:ous|us|is)$)[a-z]+(?:[^\Ws]s|sses)")
# In front of one of these a word that ends in -s is a verb; in front of any other it may be a noun, as in "tests pass".
AFTER_VERB = re.compile(
    r"^(an?|the|its?|their|one|two|every|each|all|both|no|not|on|in|to|for|from|with|without|by|under|at|into|through|"
    r"about|towards|behind|only|when|what|which|that|how|where|whether|as|up|out|any|several|some|[A-Z].*|\d.*)$"
)
# Sentences that begin so, or whose subject would hold such a word, do not begin with their subject.
NO_SUBJECT = (
    "when if because unless while although by after before in on at without with to for normally usually otherwise up "
    "use set put give leave keep create look make add ask link run do not where until since"
).split()
RELATIVE = "that which who whose".split()
ADVERBS = re.compile(r" (also|therefore|then|only|never|always|usually|normally|itself|themselves|still|already|can)$")
LONGEST_SUBJECT = 10


def is_word(text, section):
    """Whether `text`, which begins a sentence, is an ordinary word and no name: `section` has it in lower case too."""
    common = "The Two Some Most All Many Several A An Each Every One No".split()
    return text in common or bool(re.search(rf"(?<![\w.-]){re.escape(text.lower())}s?(?![\w-])", section))


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
        third_person = THIRD_PERSON.fullmatch(word) and (
            AFTER_VERB.match(after) or singular and not nominal and not set(RELATIVE) & set(words[:index])
        )
        plural = word in PLURAL_VERBS and (before.endswith("s") or AFTER_VERB.match(after))
        if word in AUXILIARY or third_person or plural:
            return ADVERBS.sub("", " ".join(words[:index])), word
    return None


def openings(sentence, section):
    """The openings to try for one sentence of a `section`; at least one."""
    text = sentence[0].lower() + sentence[1:]
    found = []
    if re.match(r"^(when|if) [^,]+, ", text):
        return [f"What happens {text.split(',')[0]}", f"What does Konflux do {text.split(',')[0]}"]
    if purpose := re.match(r"^(?:to|for) ([^,]+), ", text):
        return [f"How do you {purpose[1]}"] if text.startswith("to ") else [f"What is done for {purpose[1]}"]
    known = subject(sentence, section)
    if not known:
        first = text.split()[0]
        imperative = re.fullmatch(r"[a-z]+", first) and " to " in text
        return ["How do you", f"Why do you {first}"] if imperative else ["What", "How", "Which"]
    name, verb = known
    # A name keeps its capital, what is only the first word of a sentence does not.
    if is_word(name.split()[0], section):
        name = name[0].lower() + name[1:]
    if verb == "cannot":
        return [f"What can {name} not", f"Why can {name} not"]
    if verb in AUXILIARY:
        found += [f"What {verb} {name}", f"How {verb} {name}"]
        found += [f"What does {name} have"] if verb == "has" else []
    else:
        do = "does" if verb.endswith("s") else "do"
        found += [f"What {do} {name}", f"How {do} {name}"]
    do = found[0].split()[1]
    rest = sentence.split(f" {verb} ", 1)[-1]
    for kind, sign in (
        ("When", r"\b(when|after|before|until|once|if|unless|\w+days?)\b"),
        ("How often", r"\bevery\b|\b(daily|hourly|weekly)\b"),
        ("Where", r"\b(in|into|on|under|inside) (the|a|an|its)\b"),
        ("Why", r"\b(because|so that|so|since)\b"),
        ("How many", r"\b\d+\b"),
    ):
        if re.search(sign, rest) and kind != "How many":
            found.append(f"{kind} {do} {name}")
        elif re.search(sign, rest):
            found.append("How many")
    rest = rest.split()
    empty = verb in ("is", "are") and rest and rest[0] in "a an the also never thus not another".split()
    singular = verb.endswith("s") or verb in AUXILIARY
    if verb not in ("have", "do", "does", "has", "are") and singular and rest and not empty and rest[0][-1].isalnum():
        # Backwards, from what is said to what it is said of.
        who = "Who" if re.search(r"team|user|administrator|developer", name) else "What"
        found.append(f"{who} {verb} {rest[0]}")
    return found
