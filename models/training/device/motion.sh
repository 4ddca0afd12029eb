#!/bin/sh
# Trains the context encoder on a machine with a GPU, on the speech encoder that speech.sh left in LIVEAVATAR_WORK.
#
#   device/motion.sh START OUT MINUTES HOURS
#
# START holds idle.pt and voice.pt to go on from; HOURS of sound are spoiled first, while the encoder is still learning: the file
# LIVEAVATAR_WORK/speech/done tells that it has. The result is OUT/voice.pt; voice_with.pt and voice_without.pt are its ablation.
set -e
start=$(realpath "$1") && mkdir -p "$2" && out=$(realpath "$2") && minutes=$3 hours=$4
cd "$(dirname "$0")/.."
export LIVEAVATAR_WORK="${LIVEAVATAR_WORK:-/tmp/liveavatar}" PYTHONUNBUFFERED=1 OMP_NUM_THREADS=1
mkdir -p "$LIVEAVATAR_WORK/motion"
cp "$start/idle.pt" "$start/voice.pt" "$LIVEAVATAR_WORK/motion/"
{
    python3 -m motion.crops sounds --hours "$hours"
    while [ ! -e "$LIVEAVATAR_WORK/speech/done" ]; do sleep 1; done
    python3 -m motion.crops features
    python3 -m motion.train voice --minutes "$minutes"
    python3 -m motion.train voice --minutes "$(echo "$minutes" | awk '{ print $1 / 4 }')" --name voice_with &
    python3 -m motion.train voice --minutes "$(echo "$minutes" | awk '{ print $1 / 4 }')" --name voice_without --no-adversary
    wait
} >>"$out/motion.log" 2>&1
