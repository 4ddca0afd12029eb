#!/usr/bin/env bash
# ./liveavatar train [stage|all]: one stage of the recipe, with the environment that makes it fast (README.md).
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

# The stages in their order; each line is: name, then the command, run in this folder.
stages() {
  grep -hoE '^\| [a-z-]+ \| `python3 [^`]+`' README.md | sed -E 's/^\| ([a-z-]+) \| `(.*)`$/\1 \2/'
}

# --list is for people and for the tests; a name that occurs twice (mel) is told apart by its number.
list() { stages | awk '{ n = ++seen[$1]; print (n > 1 ? $1 n : $1) substr($0, length($1) + 1) }'; }

usage() {
  echo "Trains the models, one stage at a time; each goes on where it stopped. Stages in their order:"
  list | sed 's/^\([a-z0-9-]*\) /  \1\t/' | expand -t 16
  echo "  ./liveavatar train STAGE [options of the stage]    or: ./liveavatar train all"
}

stage=${1:-}
[ -n "$stage" ] && [ "$stage" != --help ] || { usage; exit 0; }
shift

python=/usr/bin/python3
for module in torch onnx numpy scipy PIL moderngl; do
  $python -c "import $module" 2>/dev/null || {
    echo "liveavatar train: Python's $module is missing. The Debian packages training needs are listed in models/training/README.md." >&2
    exit 1
  }
done

export OMP_NUM_THREADS=${OMP_NUM_THREADS:-1} OMP_WAIT_POLICY=PASSIVE MALLOC_CONF=dirty_decay_ms:-1,muzzy_decay_ms:-1
jemalloc=$(ldconfig -p | sed -n 's/.*libjemalloc.so.2 .*=> //p' | head -n 1)
[ -z "$jemalloc" ] || export LD_PRELOAD=$jemalloc

run() {
  echo "== $1: ${*:2}" >&2
  nice -n 10 "$python" "${@:3}"
}

found=
while read -r name command; do
  [ "$stage" = all ] || [ "$stage" = "$name" ] || continue
  found=yes
  # shellcheck disable=SC2086 # the command is a line of README.md, split on purpose
  run "$name" $command "$@" </dev/null
done < <(list)
[ -n "$found" ] || { usage >&2; echo "liveavatar train: there is no stage '$stage'." >&2; exit 1; }
