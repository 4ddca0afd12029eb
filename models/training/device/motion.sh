#!/bin/sh
# Trains the context encoder on a machine with a GPU, on the speech encoder that speech.sh left in LIVEAVATAR_WORK.
#
#   device/motion.sh START OUT MINUTES HOURS
#
# START holds idle.pt and voice.pt to go on from. HOURS of sound are spoiled while the encoder may still be learning; the file
# LIVEAVATAR_WORK/speech/done tells that it has learnt. OUT gets voice.pt and, of its ablation, voice_with.pt and voice_without.pt: weights alone.
set -e
start=$(realpath "$1") && mkdir -p "$2" && out=$(realpath "$2") && minutes=$3 hours=$4
cd "$(dirname "$0")/.."
export LIVEAVATAR_WORK="${LIVEAVATAR_WORK:-/tmp/liveavatar}" PYTHONUNBUFFERED=1 OMP_NUM_THREADS=1
mkdir -p "$LIVEAVATAR_WORK/motion"
cp "$start/idle.pt" "$start/voice.pt" "$LIVEAVATAR_WORK/motion/"
weights() {
    python3 -c "import torch, sys; torch.save({'model': torch.load(sys.argv[1], map_location='cpu')['model']}, sys.argv[2])" \
        "$LIVEAVATAR_WORK/motion/$1.pt" "$out/$1.pt"
}
{
    python3 -m motion.crops sounds --hours "$hours"
    while [ ! -e "$LIVEAVATAR_WORK/speech/done" ]; do sleep 1; done
    python3 -m motion.crops features
    python3 -m motion.train voice --minutes "$minutes"
    weights voice
    few=$(awk "BEGIN { print $minutes / 4 }")
    python3 -m motion.train voice --minutes "$few" --name voice_with &
    python3 -m motion.train voice --minutes "$few" --name voice_without --no-adversary
    wait
    weights voice_with
    weights voice_without
} >>"$out/motion.log" 2>&1
