"""Which key terms an answer holds."""

import pytest

from scripts.measure.scoring import holds

# (term, an answer that has it, ...), and (term, an answer that has another thing, ...).
HELD = {
    "case": [
        ("one hour", "It is ONE-hour."), ("straße", "STRASSE"), ("İstanbul", "in istanbul"), ("ΟΔΟΣ", "οδος"),
    ],
    "words": [
        ("a/b", "a/b, and c!"), ("operator", "the operator's work"), ("pipeline", "a _pipeline_"),
        ("Go", "**Go**."), ("user's guide", "the user\u2019s guide"), ("ci cd", "CI/CD"), ("ci cd", "ci.cd"),
        ("CI/CD", "CI / CD"), ("label task", 'the label "task"'), ("label task", "label [task](x)"),
        ("two-part", "two part"), ("open source", "Open\nSource"), ("build", "a canon build"), ("a", "a++b"),
        ("C#", "a-C#"), ("C#", "C#-like"), ("e.g.", "e.g. this"),
    ],
    "punctuation around a term": [
        ("Yes.", "yes"), ("`run`", "run"), ("(beta)", "beta"), ("'x'", "x"), ("main()", "main runs"),
        ("docs/", "docs"), ("say \"no\" now", "say no now"),
    ],
    "signs": [
        ("-1", "It is -1."), ("-1", "(-1)"), ("-1", "`-1`"), ("-1", "x=-1"), ("-1", '"-1"'), ("-1", "\u22121"),
        ("-1", "\u20131"), ("-1", "在-1和1之间"), ("1", "0-1"), ("1", "-0-1"), ("5", "UTC-5"), ("+1", "+1"),
        ("1", "+1"), ("-$5", "-$5"), ("1", "- 1"), ("1", "x \u2014 1"), ("1", "x\u20141"), ("1", "`x`\u20141"),
    ],
    "numbers": [
        ("5", "5."), ("5", "$5"), ("5", "issue #5"), ("1.5", "1.5."), ("1.5", "1.5, 2"), ("1000", "1,000"),
        ("1,000", "1000"), ("1000", "1'000"), ("1000", "1_000"), ("1000", "1\u202f000"), ("1 000", "1 000"),
        ("1000000", "1,000,000"), ("80", "80, 443"), ("80", "80,8080"), ("1000", "1,000.5 or 1000"), ("٥", "5"),
        ("５", "5"), ("5%", "5 percent"), ("5 percent", "5 %"), ("5", "5%"), ("100%", "100 per cent"),
        ("10^6", "10\u2076"), ("10^-6", "10\u207b\u2076"), ("1e-6", "1E-6"), ("1/2", "½"), ("1 1/2", "1½"),
        ("H2O", "H\u2082O"), ("24/7", "24/7"), ("1-3", "1\u20133"), ("1-3", "1 - 3"),
        ("2024-05-01", "on 2024-05-01"),
    ],
    "units": [
        ("1 hour", "1-hour"), ("1-hour", "1 hour"), ("1 hour", "1\u00a0hour"), ("1 hour", "1\u2011hour"),
        ("1 hour", "1hour"), ("1 hour", "1 Hour"), ("1h", "1 h"), ("10 GB", "10GB"), ("10GB", "10 GB"),
        ("10", "10GB"), ("5", "5s"), ("0.5", "0.5s"), ("sha-256", "SHA256"), ("sha256", "SHA-256"), ("5 m", "5m"),
        ("1Gi", "1 Gi"),
    ],
    "versions": [
        ("1.5", "v1.5"), ("v1.5", "version 1.5"), ("v1.5", "v.1.5"), ("1.5", "release-v1.5"),
        ("1.5", "release-1.5"), ("1.5", "a 1.5-hour run"), ("Python 3.9", "Python 3.9+"), ("v1", "v1"),
        ("1.25", "nginx:1.25"),
    ],
    "names": [
        ("config/gate.yaml", "see ./config/gate.yaml."), ("config/gate.yaml", "/x/config/gate.yaml"),
        ("gate.yaml", "config/gate.yaml"), (".tekton", ".tekton/"), (".tekton/", "`.tekton`"),
        (".tekton", "a/.tekton/b"), ("/etc/hosts", "edit /etc/hosts"), ("~/.ssh", "in ~/.ssh/config"),
        ("README.md", "**README.md**"), ("konflux-ci.dev", "https://konflux-ci.dev/docs/"),
        ("127.0.0.1", "127.0.0.1:8000"), ("8000", "127.0.0.1:8000"), ("snake_case", "snake\\_case"),
        ("IMAGE URL", "IMAGE_URL"), ("@sha256", "img@sha256:x"), ("$HOME", "$HOME/x"), ("*.md", "`*.md`"),
        ("<name>", "use <name>"), ("<String>", "List<String>"), ("#5", "issue #5"), (".NET", "with .NET"),
        ("build", "build-image"), ("konflux", "konflux.dev"),
    ],
    "flags": [
        ("--delay", "Use --delay 5"), ("--delay", "`--delay=5`."), ("delay", "--delay"), ("-f", "rm -f x"),
        ("-1", "head -1"), ("tar -x", "tar -x"),
    ],
    "words with signs": [
        ("C++", "It is C++."), ("C++", "c++11"), ("C++", "C++, not Rust"), ("C#", "C#, of course"),
        ("C", "It is **C**."), ("C", "C/C++"), ("C", "Ctrl+C"), ("Ctrl", "Ctrl+C"), ("A+", "grade A+"),
        ("Q&A", "Q & A"), ("C++", "用C++写"), ("key=value", "key = value"), ("a=b", 'a="b"'),
        ("key: value", "key:value"), ("a && b", "a&&b"), ("x > 5", "x>5"), ("{{ revision }}", "{{revision}}"),
    ],
    "symbols alone": [
        ("||", "Use `||`."), ("||", "a || b"), ("||", "a||b"), ("--", "Use -- before"), ("--", "`--`"),
        ("*", "Use *."), ("*", "a*b"), ("*", "(*)"), ("=", "a = b"), ("->", "x -> y"), ("&&", "a && b"),
        ("...", "the ... sign"), ("/", "a/b"), ("||", "使用||。"), ("||", '"||"'), ("||", "**||**"),
        ("$", "Use $."), ("#", "# is it"), ("!", "Write !"), ("?", "Use ?."), ("`", "use ` here"),
        ("✅", "It is ✅."), ("❤\ufe0f", "❤"), ("\\", "Use \\ here"),
    ],
    "unspaced scripts": [
        ("一小时", "时长为一小时。"), ("5分钟", "约5分钟。"), ("5 分钟", "约5分钟"), ("5分钟", "约 5 分钟"),
        ("Konflux", "这是Konflux项目"), ("トークン", "このトークンを使う"), ("東京", "東京都"),
        ("サーバー", "サーバーA"), ("トークン", "アクセストークン"), ("ชั่วโมง", "หนึ่งชั่วโมง"), ("5", "五は５です"),
        ("ຊົ່ວໂມງ", "ໜຶ່ງຊົ່ວໂມງ"), ("မိနစ်", "ငါးမိနစ်"), ("នាទី", "ប្រាំនាទី"), ("네임스페이스", "네임스페이스는 하나"),
        ("Konflux", "Konflux는 도구"), ("5", "약5분"), ("हिन्दी", "यह हिन्दी है"),
    ],
    "forms of Unicode": [
        ("café", "cafe\u0301"), ("fi", "ﬁ"), ("abc", "ＡＢＣ"), ("don't", "don\u2019t"), ("foo", "f\u00adoo"),
        ("foo", "fo\u200bo"), ("Konflux", "Konflux™ is"), ('a="b"', "a=\u201cb\u201d"), ("word", "word²"),
        ("foo\u200b", "foo"),
    ],
}  # fmt: skip
NOT_HELD = {
    "parts of words": [
        ("no", "know"), ("con", "falcon"), ("Go", "Goes"), ("can", "you can't"), ("a b", "a. b"),
        ("hermetic", "non-hermetic"), ("hermetic", "non hermetic"), ("1 hour", "1 hours"), ("a-b", "ab"),
    ],
    "signs": [
        ("-1", "It is 1."), ("1", "It is -1."), ("1", "\u22121"), ("1", "(-1)"), ("-1", "0-1"), ("5", "-$5"),
        ("-1", "x - 1"), ("-1", "2)-1"), ("-1", "2]-1"), ("+1", "1"), ("-1", "--1"), ("-5", "UTC-5"),
        ("-1", "x\u20141"),
    ],
    "numbers": [
        ("5", "15"), ("5", "1.5"), ("5", "is .5"), ("5", ".5"), ("5", "5.0"), ("5", "5k"), ("5", "10M"),
        ("5", "5th"), ("1", "1,000"), ("000", "1,000"), ("1000", "1,0000"), ("1000", "1, 000"),
        ("80443", "80, 443"), ("60", "060"), ("106", "10\u2076"), ("10", "10\u2076"), ("6", "10^6"),
        ("10^6", "106"), ("1e-6", "1e6"), ("1-3", "13"), ("1-3", "1, 3"), ("1 3", "13"), ("127", "127.0.0.1"),
        ("2.1", "2.11"), ("11/2", "1½"), ("1200300", "1,200'300"), ("1500", "0.1,500"),
    ],
    "units": [
        ("1h", "It is 11h."), ("1 hour", "11 hours"), ("5 GB", "15GB"), ("10", "10Gx"),
    ],
    "versions": [
        ("1.5", "2.1.5"), ("1.5", "1.5.2"), ("1.5", "1.51"), ("1.5", "1.5-rc1"), ("1.5", "1.5.x"), ("1.5", "x.1.5"),
        ("1.3", "1.3.0"), ("v1", "v1beta1"), ("1", "v1"), ("v1", "1"), ("CVE-2024-1", "CVE-2024-12"),
    ],
    "names": [
        ("a/b", "a b"), ("gate.yaml", "my-gate.yaml"), ("gate.yaml", "gate.yaml.bak"),
        ("gate.yaml", "gate.yaml-old"), ("gate.yaml", "gate yaml"), ("gate.yaml", "the gate. Yaml is"),
        ("/etc/hosts", "x/etc/hosts"), ("konflux-ci.dev", "konflux-ci.dev.evil.com"),
        ("konflux-ci.dev", "docs.konflux-ci.dev"), ("$HOME", "home"), ("snake_case", "snake case"),
        ("*.md", "x.md"), ("<name>", "name"), ("#5", "#55"), ("#5", "##5"), (".NET", "net"), (".NET", "asp.net"),
        ("a/b", "a/b-c"), ("A_B", "A_B-c"), ("a:b", "a:b-c"), ("a@b", "a@b.c"), ("a#b", "a#b-c"),
        (".tekton", ".tekton.bak"), ("user's", "users"),
    ],
    "flags": [
        ("--delay", "--delay-max"), ("--delay", "delay it"), ("--delay", "---delay"), ("-f", "x-f"), ("-f", "--f"),
        ("--delay", "\u2014delay"), ("tar -x", "tar -x-y"),
    ],
    "words with signs": [
        ("C", "It is C++."), ("C", "C#"), ("C++", "It is C."), ("C", "C++是"), ("A", "grade A+"), ("C+", "C++"),
        ("Q&A", "Q and A"), ("C++", "C+++"),
    ],
    "symbols alone": [
        ("|", "a || b"), ("||", "a ||| b"), ("--", "--delay"), ("--", "---"), ("*", "**bold**"), ("*", "*it*"),
        ("=", "a != b"), ("-", "x -> y"), ("&&", "a &&& b"), ("$", "$HOME"), ("#", "C#"), ("||", "x"),
        ("::", "a: b"), (".", ".."),
    ],
    "unspaced scripts": [
        ("5分钟", "15分钟"), ("第1", "第10"), ("小时", "一天"), ("시간", "한시간"), ("हिन", "यह हिन्दी है"),
    ],
    "blank terms": [
        (" ", "x"), ("", "x"), ("", "x\n\ny"), ("\u200b", "x"), ("\n", "x\ny"),
    ],
}  # fmt: skip


def pairs(table):
    return [pytest.param(*pair, id=f"{kind}: {pair[0]!r} {pair[1]!r}") for kind, rows in table.items() for pair in rows]


@pytest.mark.parametrize("term, answer", pairs(HELD))
def test_held(term, answer):
    assert holds([[term]], answer)


@pytest.mark.parametrize("term, answer", pairs(NOT_HELD))
def test_not_held(term, answer):
    assert not holds([[term]], answer)


@pytest.mark.parametrize(
    "term", ["--delay", "1.5", "C++", "||", "一小时", "a/b.yaml", "*", "5%", "1,000", "-1", "( x )", "é", "."]
)
def test_a_term_holds_itself(term):
    assert holds([[term]], term) and holds([[term]], f"It is `{term}`.") and not holds([[term]], "It is another.")


def test_one_of_each_group_is_asked_for():
    must = [["one hour", "1h"], ["task"]]
    assert holds(must, "The task takes 1h.") and holds(must, "a task of one hour")
    assert not holds(must, "It takes 1h.") and not holds(must, "The task takes 2h.")
    assert holds([], "anything")
