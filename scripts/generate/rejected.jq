# What the curation dropped: counts by reason, and one example of each. Input: the rejected rows, slurped (jq -s).
"",
"rejected            \(length)",
(group_by(.reason) | sort_by(-length) | .[]
    | "\(length | tostring | (" " * ([0, 4 - length] | max)) + .)  \(.[0].reason), e.g. \(.[0].user | .[:90])")
