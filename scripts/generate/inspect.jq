# What is in training or test data: rows, rows a page, lengths. Input: the rows, slurped into one array (jq -s).
def words: [split("\n")[] | split(" ")[] | select(. != "")] | length;
def spread: sort | "min \(first), median \(.[length / 2 | floor]), 90% \(.[length * 0.9 | floor]), max \(last)";

if any(.[]; (.user, .assistant) | type != "string") then error("a row lacks text under user or assistant") else . end |
if length == 0 then "no rows" else
"rows                \(length)",
"distinct questions  \(map(.user) | unique | length)",
"system prompts      \(map(.system) | unique | join(" / "))",
"declining answers   \(map(select(.assistant | ascii_downcase | contains("does not say"))) | length)",
"",
"words a question    \(map(.user | words) | spread)",
"words an answer     \(map(.assistant | words) | spread)",
"answers by words    \(group_by(.assistant | words / 5 | floor)
    | map("\((.[0].assistant | words / 5 | floor) * 5)+: \(length)") | join("  "))",
"",
"rows  page",
(group_by(.page // "") | sort_by(-length) | .[]
    | "\(length | tostring | (" " * ([0, 4 - length] | max)) + .)  \(.[0].page // "" | if . == "" then "(no page)" else . end)")
end
