#!/bin/bash
# Look at the rows in folder $1: counts, lengths, what was dropped, five random ones. They may hold whatever a website
# or a teacher wrote, so all of it is made harmless before a terminal sees it.
set -eu -o pipefail
here=$(dirname "$0")
command -v jq >/dev/null || { echo "inspect: no jq on PATH; sudo apt-get install -y jq" >&2 && exit 1; }

look() { # PROGRAM FILE: what the jq program says of all rows of the file
    local problem
    { problem=$(jq -rs -f "$here/$1" "$2" 2>&1 >&3); } 3>&1 || {
        echo "inspect: $2: $(tail -n 1 <<< "$problem" | LC_ALL=C tr -cd '[:print:]'); correct the file" >&2
        return 1
    }
}

{
    look inspect.jq "$1/train_konflux.jsonl"
    if [ -f "$1/rejected.jsonl" ]; then look rejected.jq "$1/rejected.jsonl"; fi
    echo
    shuf -n 5 "$1/train_konflux.jsonl" | jq .
} | jq -Rr -f "$here/printable.jq"
