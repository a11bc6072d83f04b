"""Which generated pairs are kept: rules that need no model, the same for every teacher, each with a named reason."""

import re

from gap import is_gap
from nltk.stem.snowball import EnglishStemmer

MAX_QUESTION_WORDS, MAX_ANSWER_WORDS = 28, 60
# Shares of content words, by stem: an answer's must stand in its source, a question's in its answer and context (small
# teachers put in whatever they know, "code", "team").
ANSWER_COVERED, QUESTION_COVERED = 0.9, 0.85
NEAR_DUPLICATE = 0.8

# Words that carry no fact: function words, and the vocabulary of asking.
EMPTY_WORDS = set(
    """a an the and or but nor not no of in on at to for from with without by into onto over under about as than then so
    if is are was were be been being am do does did done has have had having can could may might must shall should will
    would it its they them their this that these those there here he she his her you your we our us i me my one ones
    what which who whom whose when where why how many much often long far kind kinds type types sort way ways purpose
    name names called happen happens role reason explain describe difference mean means meaning each every any all some
    only also just still already very more most other""".split()
)
DEICTIC = re.compile(
    r"\b(this|these|those|above|below|aforementioned|mentioned|the following|the given|given (?:text|sentence|document)"
    r"|according to|as stated|in the (?:example|image|figure|table|picture)"
    r"|(?:the|that|a|your|next|first|last) (?:text|document|sentence|passage|paragraph|page|section|article|author|"
    r"answer|question|statement|excerpt|context|snippet|chapter|reader|conversation))\b",
    re.I,
)
PRONOUN = re.compile(r"\b(it|its|they|them|their|he|she|his|her|you|your|we|our|us|i|me|my)\b", re.I)
TOKEN = re.compile(r"[A-Za-z0-9][A-Za-z0-9_./*:@+-]*[A-Za-z0-9*]|[A-Za-z0-9]")
stemmer = EnglishStemmer()


def words(text):
    """The words and identifiers of a text, without the punctuation around them."""
    return [token.rstrip(".:") for token in TOKEN.findall(text.replace("'s", " ").replace("\u2019s", " "))]


def stems(text):
    """The stems of its content words, in order."""
    return [stemmer.stem(word) for word in words(text) if word.lower() not in EMPTY_WORDS]


def names(text):
    """What may never be invented: numbers, identifiers, and names (a capital that does not just begin a sentence)."""
    found, start = [], True
    for match in TOKEN.finditer(text):
        word = match[0].rstrip(".:")
        begins = start or text[: match.start()].rstrip().endswith((".", "!", "?", ":"))
        start = False
        inner = word[1:]
        if re.search(r"\d|[_/@*]|\w[.-]\w", word) or re.search(r"[A-Z]", inner) or (word[:1].isupper() and not begins):
            found.append(word)
    return found


def covered(part, whole):
    """The share of the stems `part` that are among the stems `whole`; 1 when there are none."""
    whole = set(whole)
    return sum(stem in whole for stem in part) / len(part) if part else 1.0


def missing_name(text, source):
    """The first number, identifier or name of `text` that `source` does not hold as a whole word, or None."""
    known = {word.lower() for word in words(source)}
    known |= {part for word in known for part in re.split(r"[-/]", word)}
    for name in names(text):
        options = {name.lower(), name.lower().rstrip("s"), name.lower() + "s"}
        if not options & known and not all(part in known for part in re.split(r"[-/]", name.lower())):
            return name
    return None


def supported(answer, source):
    """Whether `source` holds every name and number of `answer`, and nearly all of its other words."""
    return not missing_name(answer, source) and covered(stems(answer), stems(source)) >= ANSWER_COVERED


def reason(question, answer, source, context="", product="Konflux"):
    """Why a pair is dropped, or None when it is kept.

    source: the chunk that the answer was made from. context: what else a question may draw on, such as headings.
    product: what the site is about, a name that says nothing on it.
    """
    question, answer = question.strip(), answer.strip()
    if not question or not answer:
        return "blank"
    if len(question.split()) > MAX_QUESTION_WORDS or len(answer.split()) > MAX_ANSWER_WORDS:
        return "over-long"
    if not question.endswith("?") or "\n" in question or question.count("?") > 1 or len(question.split()) < 3:
        return "not a question"
    asked = stems(question)
    pronoun = PRONOUN.search(re.sub(r"^(how do|what should) you ", "", question, flags=re.I))
    if DEICTIC.search(question) or DEICTIC.search(answer) or (pronoun and not stems(question[: pronoun.start()])):
        return "does not stand alone"
    if not supported(answer, source):
        return "answer not supported"
    if missing_name(question, f"{source} {context}") or covered(asked, stems(f"{answer} {context}")) < QUESTION_COVERED:
        return "question not supported"
    # "What does Konflux use?", "What can be reset?": half of the site answers that.
    if len(set(asked) - set(stems(product))) < 2 and not re.match(r"what (is|are) |what does .* do\?", question, re.I):
        return "too vague"
    if not is_gap(question, answer, source):
        return "answer does not fit"
    return None


def similar(first, second):
    """Jaccard similarity of two questions by all their words, function words included: "when" is not "where"."""
    first, second = ({stemmer.stem(word) for word in words(text)} for text in (first, second))
    return len(first & second) / len(first | second)


def curate(pairs, product):
    """Split pairs {"user", "assistant", "chunk", "context", ...} into (kept, rejected); rejected ones have a "reason".

    A question is a duplicate when it was kept before for any answer, and a near-duplicate when one much like it was
    kept for the same answer: other wordings of one fact are wanted, the same wording is not. product: as in reason().
    """
    kept, rejected, seen, asked_of = [], [], set(), {}
    for pair in pairs:
        question = " ".join(pair["user"].split())
        why = reason(question, pair["assistant"], pair["chunk"], pair.get("context", ""), product)
        if not why:
            key = " ".join(words(question)).lower()
            others = asked_of.setdefault(pair["assistant"], [])
            if key in seen:
                why = "duplicate"
            elif any(similar(question, other) >= NEAR_DUPLICATE for other in others):
                why = "near-duplicate"
            else:
                seen.add(key)
                others.append(question)
        if why:
            rejected.append({**pair, "user": question, "reason": why})
        else:
            kept.append({**pair, "user": question})
    return kept, rejected
