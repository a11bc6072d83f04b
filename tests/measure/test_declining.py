"""Which answers decline, and which only seem to."""

import pytest

from scripts.measure.declining import declines

DECLINES = """
The documentation does not say.
THE DOCUMENTATION DOES NOT SAY
**The documentation does not say.**
The  documentation does not\u00a0say.
The docs don\u2019t say.
Konflux documentation doesn't cover pricing.
The Konflux documentation does not say what a ReleaseWindow is.
The documentation does not say how many pods run, who starts them, or why.
The documentation does not say whether 3 or 4 replicas run.
The documentation does not say anything about it, so I cannot help.
The documentation does not say when it is released, who does it, or where.
The documentation of Konflux never mentions it.
The documentation that I was given does not explicitly mention a limit.
The guide does not tell.
The manual fails to say so.
The documentation can't tell.
The documentation does not even mention a flag.
The documentation lacks a word on it.
The docs do not cover pricing.
The manual does not list it.
The documentation is silent on that.
The documentation has nothing on this.
The passages say nothing about prices.
The provided context does not mention it.
The context provided does not contain any information about pricing.
Based on the provided context, there is no mention of a ReleaseWindow.
That is not described in the documentation.
That isn't mentioned in the docs.
This information is not available in the documentation.
That cannot be found anywhere in the Konflux docs.
It is nowhere in the documentation.
It is unclear from the documentation.
Nothing in the docs mentions a mascot.
Unfortunately, that isn't documented.
It is unknown.
It is nowhere stated.
Unknown.
Not specified.
No information available.
I do not know.
I don\u2019t really know who chose the name.
I do not have enough information to answer this.
I cannot answer that.
I wasn't able to find it.
I'm not sure.
I have found no details.
There is no information on that.
The documentation describes pipelines but does not say what they cost.
Konflux runs on Tekton. However, the documentation does not say how to switch.
As for the price, it is not described in the documentation.
If it is possible, the documentation does not say.
Billing? Not in the documentation.
Sorry, but the documentation does not say.
I'm sorry, but I don't know.
Sorry. I don't know.
Good question. I don't know.
The documentation does not say; I would have to guess.
The documentation does not say. I don't want to guess.
The documentation does not say, but I do not know everything.
The documentation does not say. I won't guess.
I don't know. I am sorry.
The documentation does not say; ask the community.
The documentation does not say, but you can ask on Slack.
The documentation does not say. Please check the Tekton docs.
The documentation does not say. You could also try asking the maintainers.
The documentation does not say. I would suggest asking the maintainers.
The documentation does not say. For details, see chapter 5 of the Tekton book.
The documentation does not say. If you need a price, contact Red Hat.
The documentation does not say. You may find more information in the source code.
The documentation does not say, but the maintainers may know.
The documentation does not say. More details are available at https://tekton.dev.
The documentation does not say. Source: https://tekton.dev/5
The documentation does not say. Is there anything else?
The documentation does not say. Let me know if you have 2 other questions.
The documentation does not say, but it describes namespaces.
The documentation does not say. It only covers namespaces.
The documentation does not say. Instead, the documentation describes two namespaces.
The documentation does not say. There is no such resource.
The documentation does not say. Konflux has no such resource.
The documentation does not say; it is not among those listed.
The documentation does not say; there is no such task.
The documentation does not say; it works with tenant namespaces.
The documentation does not say what it costs, nor does it name a seller.
Which hash is selected by default, the documentation does not say.
How to run 5 of them, the documentation does not say.
Regarding the 5 layers, the documentation does not say.
That is all I have: the documentation does not say.
I know tenant namespaces only; the documentation does not say what a guest namespace would be.
The documentation says nothing but the name.
""".strip().split("\n")

MADE_UP = """
The documentation does not say, but it is 5.
The documentation does not say but it is five
The documentation does not say, but environments are namespaces.
The documentation does not say, however the limit is high.
The documentation does not say, though it uses Jenkins.
The documentation does not say, although environments are namespaces.
The documentation does not say; nevertheless environments are namespaces.
The documentation does not say; nonetheless, environments are namespaces.
The documentation does not say, yet it is blue.
I do not know! Red Hat founded it.
The documentation does not say. It is blue.
The documentation does not say。 It is blue.
The documentation does not say; it is blue.
The documentation does not say: it is blue.
The documentation does not say (it is blue).
The documentation does not say - it is blue.
The documentation does not say\u2014it is blue.
The documentation does not say, it's called Konnie.
The documentation does not say and it is blue.
The documentation does not say, so it is blue.
The documentation does not say: 5.
The documentation does not say (5).
The documentation does not say; blue and 5.
The documentation does not say; the builds take five minutes.
The documentation does not say; perhaps blue.
The documentation does not say, maybe blue.
The documentation does not say. My guess is no such colour.
The documentation does not say; I think that Konflux has no such thing.
The documentation does not say; the flag is on by default.
The documentation does not say; it uses Jenkins.
The documentation does not say; they are blue.
The documentation does not say; this is blue.
The documentation does not say; there is a flag.
The documentation does not say; yes.
The documentation does not say; you can set a flag.
The documentation does not say; set a flag.
The documentation does not say; the default is blue.
The documentation does not say. Jenkins.
The documentation does not say. `--delay`
The documentation does not say. The mascot is a fox.
The documentation does not say. Red Hat founded it.
The documentation does not say. To do so, run make foo.
The documentation does not say, but see, it is 5.
Although the documentation does not say, Konflux was founded by Red Hat.
Even though the docs do not say so, Konflux supports Bitbucket.
It is five, but the documentation does not say so.
It was founded by Red Hat, the documentation does not say when.
It costs five euros. The documentation does not say more.
Yes. The documentation does not say more.
Konnie. The documentation does not say more.
Konflux takes 5 minutes; the documentation does not say why.
I do not know. It is five euros.
I'm not sure, but I believe it was Linus.
I cannot answer that, but it was founded by Linus.
""".strip().split("\n")

NO_DECLINE = """
It is 5.
Yes.
The task does not mention it.
The documentation does not only say that it is free.
The documentation says that it is free.
The Snapshot page does not list failed builds.
The security context does not include it.
The tag is not specified.
The tag is not specified by the user.
Konflux does not know.
Do not say it.
It does not say so.
A component has no description.
There is no limit.
You cannot find it.
The docs folder does not contain drafts.
The pages for which a build does not mention a page fail.
""".strip().split("\n")


@pytest.mark.parametrize("answer", DECLINES)
def test_a_plain_decline(answer):
    assert declines(answer)


@pytest.mark.parametrize("answer", [*MADE_UP, "The documentation does not say\nIt is blue."])
def test_a_decline_that_makes_something_up(answer):
    assert not declines(answer)


@pytest.mark.parametrize("answer", ["", " ", *NO_DECLINE])
def test_no_decline(answer):
    assert not declines(answer)


def test_the_authored_answers(authored):
    unanswerable = authored["unanswerable"]
    for answer in [pair["a"] for pair in unanswerable["trained"]] + unanswerable["answers"]:
        assert declines(answer), answer
    for fact in authored["facts"]:
        for pair in fact["wordings"] + fact["reversed"]:
            assert not declines(pair["a"]), pair
    for pair in authored["general_trained"]:
        assert not declines(pair["a"]), pair
