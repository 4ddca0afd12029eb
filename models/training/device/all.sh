#!/bin/bash
# Speech encoder and context encoder, one after the other, on a machine with a GPU, within SECONDS: speech.sh and motion.sh. faces.sh runs beside it.
#
#   device/all.sh SPEECH_PARCELS MOTION_START OUT SECONDS SPEECH_MINUTES MOTION_MINUTES HOURS
here=$(realpath "$(dirname "$0")"); speech=$(realpath "$1"); motion=$(realpath "$2"); mkdir -p "$3"; out=$(realpath "$3"); seconds=$4
export LIVEAVATAR_WORK="${LIVEAVATAR_WORK:-/tmp/liveavatar}" PYTHONUNBUFFERED=1 OMP_NUM_THREADS=1
LIBOPUS=$(find "$speech"/speech_* -name libopus.so.0 | head -n 1); export LIBOPUS
end=$(($(date +%s) + seconds))
rm -f "$LIVEAVATAR_WORK/speech/done"
(cd "$here/.." && python3 -m speech.parcels unpack "$speech") >>"$out/speech.log" 2>&1
(timeout "$seconds" "$here/speech.sh" "$speech" "$out" "$5"; touch "$LIVEAVATAR_WORK/speech/done") &
timeout "$seconds" "$here/motion.sh" "$motion" "$out" "$6" "$7"
wait %1
echo "$((end - $(date +%s))) s of $seconds left"
