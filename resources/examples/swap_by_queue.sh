#!/bin/sh
# How a pipeline uses the queue: from two clips to a finished swap with the command line's JSON.
#
#   swap_by_queue.sh PROJECT SOURCE_CLIP DESTINATION_CLIP OUT
#
# Needs understudy-cli in the PATH, and jq. All work is done by the background service, which is
# started where none runs: this script may be ended at any time, the jobs go on, and the same call
# goes on with the project that is there. It ends with 0 when OUT is rendered, else with the exit
# code of what failed, after a line on stderr that says why and what to do.
#
# Set by the environment:
#   SOURCE, DESTINATION   names of the performers (source, destination)
#   RUN                   name of the training (r01)
#   STEPS                 its length (2000)
#   PRESET                quick, standard, high or max (quick)
set -eu

if [ $# -ne 4 ]; then
    echo "usage: $0 PROJECT SOURCE_CLIP DESTINATION_CLIP OUT" >&2
    exit 64
fi
project=$1
out=$4
source=${SOURCE:-source}
destination=${DESTINATION:-destination}
run=${RUN:-r01}

# ask FILTER VERB...: runs a verb and prints what the jq filter takes out of its answer. With --json
# the answer is the only line on stdout: {"ok":true,...}, or {"ok":false,"error":{...}} and the
# error's code as exit code.
ask() {
    filter=$1
    shift
    code=0
    answer=$(understudy-cli --json "$@") || code=$?
    if [ "$code" -ne 0 ]; then
        printf '%s\n' "$answer" |
            jq -r '"\(.verb): \(.error.message) (\(.error.where)). \(.error.remedy)"' >&2
        return "$code"
    fi
    printf '%s\n' "$answer" | jq -r "$filter"
}

# 1. A project with both clips; plates are referenced, never copied.
if [ ! -e "$project" ]; then
    ask '"made \(.project)"' new "$project"
    ask '.clips[] | "\(.clip): \(.frames) frames"' import "$project" --performer "$source" "$2"
    ask '.clips[] | "\(.clip): \(.frames) frames"' import "$project" --performer "$destination" "$3"
fi

# 2. A search for faces, one job a clip. A training takes its faces when it is put into the queue,
# so the searches are waited for here.
searches=$(ask '.jobs[]' queue add -- extract "$project")
# The names are single words.
# shellcheck disable=SC2086
ask '.jobs[] | "\(.job): \(.title), \(.state)"' queue wait $searches
ask '.clips[] | "\(.clip): faces in \(.found) of \(.frames) frames, \(.kept) kept"' faces "$project"
clip=$(ask ".clips[] | select(.performer == \"$destination\") | .clip" faces "$project" | head -n 1)

# 3. Training and swap at once: the swap waits for the training, and is held with the reason if
# that fails. Nothing has to stay open for it.
training=$(ask .job queue add -- train "$project" --source "$source" \
    --destination "$destination" --preset "${PRESET:-quick}" --steps "${STEPS:-2000}" \
    --run "$run" --resume)
swap=$(ask .job queue add --after "$training" --priority high -- swap "$project" --run "$run" \
    --clip "$clip" --out "$out")

# 4. What waits, and in which order.
ask '.jobs[] | select(.state == "queued")
     | "\(.position). \(.job) \(.title), after: \(.after | join(" "))"' queue list

# 5. The end: results are those of the verbs themselves.
ask '.jobs[] | .result | "\(.frames) frames, \(.swapped) with the new face"' queue wait "$swap"
ask '.jobs[] | "\(.job): \(.state) after \(.ended - .started | floor) s"' \
    queue list --project "$project" --state finished
echo "wrote $out"
