"""Which generated pairs are kept: rules that need no model, the same for every teacher, each with a named reason."""

import re

from nltk.stem.snowball import EnglishStemmer

MAX_QUESTION_WORDS, MAX_ANSWER_WORDS = 28, 60
# Shares of content words, by stem: an answer's must stand in its source, a question's in its answer and context (small
# teachers put in whatever they know, "code", "team"), and a question that says nearly all of its answer asks nothing.
ANSWER_COVERED, QUESTION_COVERED, GIVEN_AWAY = 0.9, 0.85, 0.8
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
ASKING = re.compile(
    r"^(what|which|who|whom|whose|when|where|why|how|in|on|at|to|for|from|with|by|under|after|before)\b", re.I
)
YES_NO = re.compile(r"^(is|are|was|were|do|does|did|can|could|has|have|had|may|must|should|will|would)\b", re.I)
NUMBER = r"\d|\b(one|two|three|four|five|six|seven|eight|nine|ten|twelve|once|twice|single|several|no|all|both)\b"
TIME = (
    r"\b(when|whenever|after|before|every|until|once|while|during|as soon as|as long as|if|unless|later|afterwards|"
    r"daily|hourly|weekly|\w+days?|hours?|minutes?|weeks?|months?|night|midnight|at the (?:start|end))\b"
)
# What the answer must hold to be one for this kind of question.
FITTING = (
    (r"^how (many|much)\b", NUMBER),
    (r"^how (often|frequently)\b", rf"{TIME}|\btimes?\b"),
    (r"^(how long|for how long)\b", rf"{NUMBER}|{TIME}"),
    (r"^(when|on which day|at what time)\b", TIME),
    (r"^where\b", r"\b(in|into|at|under|inside|beside)\b"),
    (r"^why\b", r"\b(because|since|so|therefore|for|to|otherwise|prevents?|protects?)\b"),
    (
        r"^(who|whom|whose)\b",
        r"\b(\w*teams?|\w*administrators?|\w*users?|developers?|persons?|people|members?|maintainers?|contributors?|owners?|"
        r"you|your|nobody|anybody|everyone|authors?|operators?|customers?|engineers?|tenants?)\b",
    ),
    (r"^how (do|can|should) you\b", r"."),
    (r"^how\b", r"\b(by|with|through|using|via|uses?|automatically|manually|from|in (?:the|an?) \w+ order|as)\b"),
)
# From here on an answer says something about its subject.
PREDICATE = re.compile(r"\b(is|are|was|were|can|cannot|may|must|should|will|has|have|means)\b")
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


def asks_something(question, answer):
    """Whether a question is whole: it says what about its subject it wants to know, and the answer says that.

    "What does MintMaker do?" and "What is MintMaker?" need no more; the latter needs an answer that begins with
    MintMaker and goes on with "is". Any other question needs a word of the predicate: with "does", a verb that the
    answer has in the third person; with "is" or "can", a word that follows it in the answer.
    """
    defining = re.match(r"^what (is|are|was|were) (?:an? |the )?(.+)\?$", question, re.I)
    said = PREDICATE.search(answer)
    start, rest = (answer[: said.start()], answer[said.end() :]) if said else ("", "")
    if defining and said and said[0] in ("is", "are", "was", "were", "means"):
        subject = stems(defining[2])
        if subject and set(subject) == set(stems(start)):
            return re.match(r"\s*(?:an?|the|one|two|its|another|short|[A-Z0-9])\b|\s*[A-Z0-9]", rest) is not None
        if covered(stems(start), subject) < 0.5:
            return False
    helped = re.search(r"\b(does|do|did|is|are|was|were|can|may|must|should|will|has|have)\b(.*)\?$", question)
    if not helped or helped.start() > 25:
        return True  # "Who owns ...?", "What triggers ...?": its verb is in the answer, as any word must be
    verb, after, there = helped[1], words(helped[2]), {word.lower() for word in words(answer)}
    if verb in ("does", "did"):
        if after[-1:] == ["do"]:
            return question.lower().startswith("what") and not PREDICATE.match(answer)
        forms = [(word, {word + "s", word + "es", word[:-1] + "ies"}) for word in map(str.lower, after[1:])]
        return any(third & there for _, third in forms) or "have" in after and "has" in there
    if verb == "do":
        return after[-1:] == ["do"] or any(
            word.lower() in there for word in after[1:] if word.lower() not in EMPTY_WORDS
        )
    return bool(set(stems(" ".join(after[1:]))) & set(stems(rest)))


def reason(question, answer, source, context=""):
    """Why a pair is dropped, or None when it is kept.

    source: the chunk that the answer was made from. context: what else a question may draw on, such as headings.
    """
    question, answer = question.strip(), answer.strip()
    if not question or not answer:
        return "blank"
    if len(question.split()) > MAX_QUESTION_WORDS or len(answer.split()) > MAX_ANSWER_WORDS:
        return "over-long"
    if not question.endswith("?") or "\n" in question or question.count("?") > 1 or len(question.split()) < 3:
        return "not a question"
    if YES_NO.match(question) and not re.match(r"^(yes|no)\b", answer, re.I):
        return "answer does not fit"
    if not ASKING.match(question) and not YES_NO.match(question):
        return "not a question"
    asked, said = stems(question), stems(answer)
    pronoun = PRONOUN.search(question)
    if DEICTIC.search(question) or DEICTIC.search(answer) or (pronoun and not stems(question[: pronoun.start()])):
        return "does not stand alone"
    if missing_name(answer, source) or covered(said, stems(source)) < ANSWER_COVERED:
        return "answer not supported"
    if missing_name(question, f"{source} {context}") or covered(asked, stems(f"{answer} {context}")) < QUESTION_COVERED:
        return "question not supported"
    if not asked or max(map(asked.count, asked)) > 1 or re.search(r"\bwhat\b.*\bwhat\b| -\w", question, re.I):
        return "garbled"
    if set(asked) == {"konflux"}:
        return "does not stand alone"  # every sentence of the site is about it
    shared = set(asked) & set(said)
    if len(shared) < min(2, len(set(said))) and not any(name in answer for name in names(question)):
        return "answer does not fit"
    if not set(said) - set(asked) or len(set(said)) > 4 and covered(said, asked) > GIVEN_AWAY:
        return "nothing left to answer"
    if not asks_something(question, answer):
        return "answer does not fit"
    for kind, needed in FITTING:
        if re.match(kind, question, re.I):
            return None if re.search(needed, answer, re.I) else "answer does not fit"
    return None


def similar(first, second):
    """Jaccard similarity of two questions by all their words, function words included: "when" is not "where"."""
    first, second = ({stemmer.stem(word) for word in words(text)} for text in (first, second))
    return len(first & second) / len(first | second)


def curate(pairs):
    """Split pairs {"user", "assistant", "chunk", "context", ...} into (kept, rejected); rejected ones have a "reason".

    A question is a duplicate when it was kept before for any answer, and a near-duplicate when one much like it was
    kept for the same answer: other wordings of one fact are wanted, the same wording is not.
    """
    kept, rejected, seen, asked_of = [], [], set(), {}
    for pair in pairs:
        question = " ".join(pair["user"].split())
        why = reason(question, pair["assistant"], pair["chunk"], pair.get("context", ""))
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
