"""Tell an answer that only declines from one that declines and then makes something up.

An answer is cut into clauses. It declines when one clause says that there is no answer, and no other clause reads like
one.
"""

import regex

from scripts.measure.claiming import CONTRAST, DOCS, GUESS, NUMBER, any_of, claims
from scripts.measure.writing import normalise

READ = r"\b(?:documentation|docs?|manual|guides?|pages?|articles?|texts?|contexts?|passages?|web ?sites?)"
OF = (
    r"(?: (?:of|for|on|in|about|at|from|provided|given|here|itself|that (?:i|you|we))\b"
    r"(?: (?!which\b|that\b|where\b)[^\s,;.]+){0,5}?)?"
)
NOT = (
    r"(?:(?:do|does|did|could)(?: not|n't)|can(?:not| not|'t)|never|fails? to)"
    r"(?: (?:even|yet|either|actually|seem to|appear to|(?!only)\w+ly))*"
)
SAY = (
    r"(?:say|mention|describe|specify|state|explain|tell|discuss|address|answer|clarify|indicate|reveal|talk|speak)s?\b"
)
HOLD = r"(?:cover|contain|provide|include|give|list|define|document|have|name|detail|offer|know)\b"
HAS = r"(?:says?|tells?|mentions?|contains?|has|have|gives?|offers?|explains?)"
SAID = r"(?:said|mentioned|described|documented|specified|stated|explained|covered|discussed|known|clear)"
FACTS = r"(?:information|details|mention|data|knowledge|access|answer)\b"
IS_NOT = r"(?:(?:is|are|was|were)(?: not|n't| nowhere)|cannot be|can't be)"
DECLINES = any_of(
    rf"{READ}{OF} {NOT} {SAY}",
    rf"{DOCS}{OF} {NOT} {HOLD}",
    rf"{READ}{OF} {NOT} {HOLD} (?:\w+ ){{0,3}}{FACTS}",
    rf"{READ}{OF} {HAS} (?:nothing|no)\b",
    rf"{DOCS}{OF} (?:(?:is|are) silent|lacks?|omits?)\b",
    rf"(?:\bnot|n't|\bnowhere|\bcannot)(?: be)?(?: (?:{SAID}|found|listed|given|answered|available|anywhere))*"
    rf" (?:in|by|from) (?:[\w-]+ ){{0,3}}{READ}",
    rf"\b(?:nothing in|unknown from|unclear from) (?:[\w-]+ ){{0,3}}{READ}",
    rf"^(?:it|that|this|which) (?:(?:is|was) (?:unknown|unclear)|{IS_NOT} {SAID})\W*$",
    rf"^(?:unknown|not {SAID}|no (?:\w+ )?(?:idea|{FACTS})(?: (?:is |was )?(?:available|found|given|provided))?)\W*$",
    r"\bi (?:do not|don't)(?: \w+ly)? know\b",
    rf"\b(?:i|we) (?:do not|don't) have (?:any |enough |that |the |this |such )*{FACTS}",
    r"\b(?:i|we) (?:cannot|can not|can't|could not|couldn't|(?:am|was|'m) (?:unable to|not able to)|wasn't able to)"
    r" (?:answer|say|tell|find|help|determine|provide|give|confirm|explain|name)\b",
    r"\bi(?: am|'m) (?:not sure|unsure|not certain|not aware)\b",
    rf"\b(?:there(?: is|'s)|(?:i|we) (?:have|found|have found|find)) no (?:\w+ )?{FACTS}",
)
# "... describes pipelines but does not say what they cost": a decline where a word of READ came before.
ELIDED = regex.compile(rf"^(?:it |they )?{NOT} {SAY}")

SENTENCE = regex.compile(r"(?<=[.!?。])\s+|\n+")
# Where a clause begins: at a semicolon, at a contrast, and where a comma or the like brings a new subject or a number.
CLAUSE = any_of(
    rf";|, yet\b|(?<!\b(?:nothing|anything)),? (?={CONTRAST})",
    rf"(?:[,:(]| -) ?(?:and |so |as |since |because |for )?(?=(?:it|they|there|you|{GUESS})\b)",
    r",? and (?=(?:it is|it's|they are)\b)|[:(] ?(?=\d)",
    rf", (?=(?:the |our |\w+ )?(?:\w+ )?{DOCS} {NOT} )",
)
CONCEDES = regex.compile(r"^\W*(?:even )?(?:though|although|while)\b")
LEAD = regex.compile(rf"^(?:\W|\b(?:and|so|then|also|instead|sorry|unfortunately)\b|{CONTRAST})*")


def declining(clause: str, before: str) -> bool:
    """Whether a clause says that there is no answer; before: what the answer says before it."""
    return bool(DECLINES.search(clause) or (ELIDED.search(clause) and regex.search(READ, before)))


def declines(answer: str) -> bool:
    """Whether the answer says that it cannot be answered, and makes nothing up besides."""
    before, declined, claimed = "", False, False
    for sentence in SENTENCE.split(normalise(answer).strip()):
        clauses, concedes = CLAUSE.split(sentence), bool(CONCEDES.search(sentence))
        if concedes:
            clauses = [part for clause in clauses for part in clause.split(", ", 1)]
        bare = len(clauses) == 1 and len(sentence.split()) < 3
        apart = declined or concedes or bare
        for clause in clauses:
            rest = LEAD.sub("", clause, count=1)
            if declining(rest, before):
                declined = True
            else:
                against = declined and bool(regex.search(rf"{CONTRAST}|{NUMBER}", clause))
                claimed |= claims(rest, apart or against)
            before += clause
    return declined and not claimed
