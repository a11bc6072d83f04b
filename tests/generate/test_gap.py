"""Whether a question is its answer with a gap: what each kind of question may ask for, and what it may not."""

import pytest

from scripts.generate.after_verb import asks_for, asks_for_object
from scripts.generate.gap import is_gap
from scripts.generate.phrases import ends, noun, same, tokens

GAPS = [
    # what is
    ("What is MintMaker?", "MintMaker is a service on top of Renovate."),
    ("What is Konflux?", "Konflux is Kubernetes with pipelines."),
    ("What are snapshots?", "Snapshots are the content of a release."),
    ("What is MintMaker built on?", "MintMaker is built on top of Renovate."),
    ("What is stored in the cluster?", "A policy is stored in the cluster."),
    # what does it do
    ("What does MintMaker do?", "MintMaker updates the dependencies of components."),
    ("What does MintMaker update?", "MintMaker updates the dependencies of components."),
    ("What does the field dockerfileUrl point to?", "The field dockerfileUrl points to the Containerfile."),
    ("What does Konflux use as its proxy?", "Konflux uses Squid as its proxy."),
    ("What do private images go through?", "Private images go through a proxy."),
    ("What can a build be cut off from?", "A build can be cut off from the network."),
    ("What can the task not read?", "The task can not read the secret."),
    ("What can the task not read?", "The task cannot read the secret."),
    # what and who for the subject
    ("What updates the dependencies of components?", "MintMaker updates the dependencies of components."),
    ("Who can raise the quota limit?", "Administrators can raise the quota limit because they own it."),
    ("What runs Hermeto before each build?", "Konflux also runs Hermeto before each build, if told."),
    # clauses
    ("What happens when a component is deleted?", "When a component is deleted, Konflux makes a snapshot."),
    ("What should you do if a build fails?", "If a build fails, look at its log."),
    ("How do you stop updates?", "To stop updates, annotate the component."),
    ("How do you save a snapshot?", "Use the annotation keep-snapshot to save a snapshot from deletion."),
    # when, where, why, how, how often
    ("How often does MintMaker run?", "MintMaker runs every 4 hours, beginning at midnight UTC."),
    ("When does Konflux run Hermeto?", "Konflux runs Hermeto before the hermetic build starts."),
    ("Where is a policy stored?", "A policy is stored in the cluster as a custom resource."),
    ("Where does Konflux push images?", "Konflux pushes images to the registry."),
    ("How are scheduled builds made?", "Scheduled builds are made with a CronJob."),
    ("Why can administrators raise the limit?", "Administrators can raise the limit because they own it."),
    ("When is a snapshot not released?", "A snapshot is not released before its tests passed."),
    ("When does a build start?", "A build always starts after each push."),
]
NO_GAPS = [
    # another sentence, or words in another order
    ("What does Jenkins update?", "MintMaker updates the dependencies of components."),
    ("What does MintMaker updates?", "MintMaker updates the dependencies of components."),
    ("What do MintMaker update?", "MintMaker updates the dependencies of components."),
    ("Does MintMaker update the dependencies?", "MintMaker updates the dependencies of components."),
    ("What updates components of the dependencies?", "MintMaker updates the dependencies of components."),
    ("What mintmaker?", "MintMaker updates the dependencies of components."),
    # no definition
    ("What is MintMaker?", "MintMaker is built on top of Renovate."),
    ("What is Renovate?", "MintMaker is built on top of Renovate."),
    ("What are MintMaker?", "MintMaker is a service on top of Renovate."),
    ("What can Konflux?", "Konflux can Build images."),
    ("What is MintMaker built?", "MintMaker is built on top of Renovate."),
    # the gap is no noun, or one of two
    ("What does a team need a name?", "A team needs a name of its own."),
    ("What does caching make?", "Caching makes a build fast."),
    ("What can caching make?", "Caching can make a build fast."),
    ("What does each token expire?", "Each token expires after 24 hours."),
    ("What does MintMaker run?", "MintMaker runs every 4 hours."),
    ("What does a build have?", "A build has its own network."),
    ("What does the value limit the life of images?", "The value limits the life of images from pull requests."),
    # a subject that says too little, or that has others beside it
    ("What proposes a first pull request?", "Konflux proposes the files in a first pull request."),
    ("What points to the file?", "The field points to the file."),
    ("What runs a pipeline?", "Konflux runs a pipeline."),
    ("What runs the pipeline?", "Konflux runs the pipeline with Tekton."),
    ("What controls pre-merge builds here?", "Two comments control pre-merge builds here."),
    ("What do two comments control?", "Two comments control pre-merge builds."),
    ("What raises the quota limit?", "Administrators raise the quota limit."),
    ("What can raise the quota limit?", "Administrators can raise the quota limit because they own it."),
    ("Who updates the dependencies of components?", "MintMaker updates the dependencies of components."),
    ("What means a snapshot image?", "Snapshot means a snapshot image."),
    ("What holds its image digests?", "Each snapshot holds its image digests."),
    ("What is the content of a release?", "Snapshots are the content of a release."),
    ("What makes a build fast enough?", "Caching makes a build fast enough for most."),
    # a state is nothing that is done
    ("What does a snapshot do?", "A snapshot holds image digests."),
    ("What do administrators do?", "Administrators use the console of the cluster."),
    ("What does MintMaker do?", "MintMaker runs in the cluster."),
    # the clause is another one, or an instruction where none is asked for
    ("What happens if a build fails?", "If a build fails, look at its log."),
    ("What should you do when a component is deleted?", "When a component is deleted, Konflux makes a snapshot."),
    ("What happens when a component is built?", "When a component is deleted, Konflux makes a snapshot."),
    ("What happens when a build fails?", "A build fails now and then."),
    ("How do you save a snapshot?", "Konflux uses an annotation to save a snapshot."),
    ("How do you save?", "Use the annotation keep-snapshot to save a snapshot from deletion."),
    ("How do you stop builds?", "To stop updates, annotate the component."),
    # the gap is of another kind
    ("Where does the job run?", "The job runs on Saturdays only."),
    ("Where does a user look?", "A user looks to the registry."),
    ("Why is the build slow?", "The build is slow, so a cache helps."),
    ("When is MintMaker built on Renovate?", "MintMaker is built on top of Renovate."),
    ("How does MintMaker run?", "MintMaker runs every 4 hours."),
    ("How often does MintMaker run?", "MintMaker runs in the cluster."),
    ("How does a cache make builds?", "A cache makes builds with less time."),
    ("When is a snapshot released?", "A snapshot is not released before its tests passed."),
    ("Why can the task not read it?", "The task cannot read it because it is secret."),
]


@pytest.mark.parametrize("question, answer", GAPS)
def test_a_gap(question, answer):
    assert is_gap(question, answer)


@pytest.mark.parametrize("question, answer", NO_GAPS)
def test_no_gap(question, answer):
    assert not is_gap(question, answer)


@pytest.mark.parametrize("question, answer", [
    ("What will either be?", "Either will be set by the team or by its owner."),
    ("What does always use?", "Always use the JSON-formatted input when running in a pipeline."),
    ("When is MintMaker not?", "MintMaker is not."),
    ("What can Konflux not?", "Konflux can not."),
    ("What is * in here?", "* is a wildcard in here."),
    ("What happens when it ends?", ""),
    ("What is MintMaker?", "MintMaker is only."),
    ("How often?", "It runs."),
    ("How often does", "It runs daily."),
    ("What is not?", "What is not is not."),
])  # fmt: skip
def test_odd_sentences_end_nothing(question, answer):
    assert is_gap(question, answer) is False


def test_the_section_tells_a_name_from_a_word():
    pair = "What does Integration test?", "Integration tests images every day."
    assert is_gap(*pair, "Integration is a bot.") and not is_gap(*pair, "An integration is a test.")


@pytest.mark.parametrize("asked, verb, rest, found", [
    ("", "use", "Squid as a proxy", True),
    ("", "use", "", False),
    ("", "make", "Squid", False),
    ("", "have", "its own", False),
    ("", "need", "its own", True),
    ("as a proxy", "use", "Squid as a proxy", True),
    ("as a", "use", "Squid as a proxy", False),
    ("as a proxy", "use", "Squid, as a proxy", False),
    ("as a proxy", "use", "as a proxy", False),
    ("of images", "limit", "the life of images", False),
    ("to", "point", "to the file", True),
    ("to", "point", "to, say", False),
    ("to", "point", "at the file", False),
    ("a proxy", "use", "Squid as a proxy", False),
])  # fmt: skip
def test_which_object_is_left_out(asked, verb, rest, found):
    assert asks_for_object(asked.split(), verb, tokens(rest)) == found


@pytest.mark.parametrize("kind, asked, verb, rest, found", [
    ("when", "", "run", "after each build", True),
    ("when", "the job", "run", "the job after each build", True),
    ("when", "the job", "run", "the jobs after each build", False),
    ("when", "the job of", "run", "the job of after each build", False),
    ("when", "", "run", ", after each build", True),
    ("how", "", "run", "with Tekton", True),
    ("how", "it", "make", "it with Tekton", False),
    ("where", "images", "push", "images to a registry", True),
    ("where", "images", "sell", "images to a registry", False),
    ("which", "", "run", "after each build", False),
])  # fmt: skip
def test_what_a_question_word_asks_for(kind, asked, verb, rest, found):
    assert asks_for(kind, asked.split(), verb, tokens(rest)) == found


def test_tokens_are_words_and_marks_without_loose_adverbs():
    assert tokens("It also runs, e.g. a/b-c (v1.2) — always!?") == [
        "It",
        "runs",
        ",",
        "e.g",
        "a/b-c",
        "(",
        "v1.2",
        ")",
        "—",
    ]


@pytest.mark.parametrize("first, second, equal", [
    (["The", "Team"], ["the", "Team"], True),
    (["the", "Team"], ["the", "team"], False),
    ([], [], True),
    (["a"], [], False),
    (["a"], ["a", "b"], False),
])  # fmt: skip
def test_same_words(first, second, equal):
    assert same(first, second) == equal == same(second, first)


@pytest.mark.parametrize("text, is_noun", [
    ("a build", True), ("Squid", True), ("quickly", False), ("with it", False), ("and so", False), ("is", False),
    ("not", False), ("every day", False), ("every tenant", True), (", so", False), ("", False), ("How", False),
])  # fmt: skip
def test_what_may_be_a_noun(text, is_noun):
    assert noun(tokens(text)) == is_noun


@pytest.mark.parametrize("text, count, may_end", [
    ("the build of images", 2, False),  # "of" goes on
    ("the build in images", 2, True),
    ("the build that fails", 2, False),
    ("the build or test", 2, False),
    ("the build and test", 2, True),
    ("the build, then", 2, True),
    ("the build", 2, True),
    ("the build fails", 2, False),
    ("the build", 1, False),
    ("build in", 2, False),
    ("build and", 2, False),
    ("build", 0, False),
    (", so it", 0, False),
])  # fmt: skip
def test_where_a_phrase_may_end(text, count, may_end):
    assert ends(tokens(text), count) == may_end
