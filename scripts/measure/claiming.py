"""Tell whether a clause beside a decline reads like an answer: "it is ...", "you can ...", a guess, a number.

Clauses that point elsewhere ("ask the community"), that tell what the documentation has instead ("it describes
namespaces"), that name what was asked ("which limits it has") or that are polite claim nothing.
"""

import regex


def any_of(*patterns: str) -> regex.Pattern:
    return regex.compile("|".join(patterns))


DOCS = r"\b(?:documentation|docs?|manual)"
CONTRAST = r"\b(?:but|however|though|although|nevertheless|nonetheless)\b"
GUESS = (
    r"(?:maybe|perhaps|probably|possibly|presumably|likely|my guess|i would (?:say|guess)"
    r"|(?:i|we) (?:think|guess|believe|assume|suppose|suspect))"
)
LOOK = (
    r"(?:see|check|ask|contact|refer|consult|visit|look|read|search|browse|reach out|raise|join|turn to|get in touch|"
    r"(?:open|file) an issue|try (?:asking|checking|looking|reading|searching|the|their|its|our)|"
    r"find (?:more|out|it|that|this|help|details|information))"
)
CLAIMS_NOTHING = any_of(
    r"\?\W*$|^\W*$",
    r"^(?:wh(?:at|ich|o|om|ose|en|ere|y|ether)|how|as (?:for|to)|regarding|concerning)\b",
    r"^(?:(?:if you|for|to) .*, ?)?"
    r"(?:please |also |i (?:would )?(?:suggest|recommend) |you (?:can|could|may|might|should|will have to) )*"
    rf"{LOOK}(?:ing)?\b",
    r"^(?:sources?|references?|links?|see also|https?)\b",
    r"\b(?:may|might|could|can) (?:well |also )?(?:know|help|tell|say|explain|have more)\b",
    r"^(?:more|further|other)? ?(?:details|information|help)\b.*\b(?:found|available|at|in|on)\b",
    r"^(?:i|we)(?: am|'m)? (?:cannot|can't|could not|do not|don't|will not|won't|would have to|not|unable)\b",
    r"^(?:i (?:am|'m) )?(?:sorry|i apologi[sz]e|thanks?|(?:good|great) question|i hope|let me know|hello|hi)\b",
)
REPORTS = (
    r"(?:only|just|merely|describes?|covers?|mentions?|knows?|speaks?|talks?|says?|defines?|explains?|lists?|documents?"
    r"|names?|offers?|refers?|links?|works? with|has no|have no|\w+ not|\w+n't|cannot|may|might)\b"
)
TELLS = regex.compile(
    rf"^(?:(?:it|they|(?:the )?(?:\w+ )?{DOCS}) )?{REPORTS}"
    r"|^(?:there (?:is|are) no|nothing|none|nor|neither|no \w+)\b"
    r"|^(?:\w+ ){1,4}?(?:is|are|has|have|was|were|does|do|can)(?: not|n't| no)\b"
)
DO = r"(?:use|set|run|add|create|edit|put|choose|select|install|enable|change|configure|call|start|delete|remove|type)"
NUMBER = r"\b(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|thirty|fifty|hundred|thousand)\b"
CLAIMS = any_of(
    r"^(?:it|they|that|this|these|those)(?: is| are| was| were|'s|'re)\b"
    r"(?! (?:not|no|never|nothing|nowhere|unknown|unclear|something|all|an? (?:question|matter)|up to)\b)",
    rf"^(?:it|they) (?!is|are|was|were|{REPORTS})\w",
    r"^there(?: is| are|'s)\b(?! (?:no|nothing|none|not)\b)",
    r"^(?:yes|no)\b(?! \w)",
    rf"\b(?:{GUESS}|by default)\b",
    rf"^(?:you (?:can|could|should|must|need|have to)|{DO})\b",
    r"^the (?:answer|default|value|limit)\b(?: \w+){0,3} (?:is|are)\b(?! (?:not|no|unknown))",
    r"(?<![\w.\-])\d+(?:\.\d+)?(?![\w\-])",
)


def claims(clause: str, apart: bool) -> bool:
    """Whether a normalised clause reads like an answer.

    apart: it is set against a decline, by a "but" or in a sentence of its own; then whatever it says is one, unless it
    tells what the documentation has or has not.
    """
    if CLAIMS_NOTHING.search(clause):
        return False
    return bool(CLAIMS.search(clause) or (apart and not TELLS.search(clause)))
