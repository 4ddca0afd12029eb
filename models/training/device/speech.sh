#!/bin/sh
# Trains the speech encoder on a machine with a GPU that has nothing but Python, torch, numpy and scipy.
#
#   device/speech.sh PARCELS OUT MINUTES
#
# PARCELS holds what `python3 -m speech.parcels pack` made. The work folder is LIVEAVATAR_WORK; the trained encoder ends in its speech/joint.pt
# and, renewed every half minute, in OUT.
set -e
parcels=$(realpath "$1") && mkdir -p "$2" && out=$(realpath "$2") && minutes=$3
cd "$(dirname "$0")/.."
export LIVEAVATAR_WORK="${LIVEAVATAR_WORK:-/tmp/liveavatar}" LIVEAVATAR_OUT="$out" PYTHONUNBUFFERED=1 OMP_NUM_THREADS=1
library=$(find "$parcels"/speech_* -name libopus.so.0 | head -n 1)
[ -z "$library" ] || export LIBOPUS="$library"
{
    date +%T
    [ -f "$LIVEAVATAR_WORK/speech/unlabelled.npy" ] || python3 -m speech.parcels unpack "$parcels"
    date +%T
    # A run before this one, to try the machine, leaves nothing behind that this one would go on from.
    rm -f "$LIVEAVATAR_WORK/speech/joint.run.pt"
    python3 -m speech.train joint --minutes "$minutes" --from "$(find "$parcels"/speech_* -name joint.pt | head -n 1)"
    date +%T
} >>"$out/speech.log" 2>&1
