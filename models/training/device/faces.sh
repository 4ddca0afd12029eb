#!/bin/bash
# Renders frames and trains the frame decoder on a machine with a GPU: bash faces.sh OUT [options of faces.py]
# Beside this script lies faces.tar.xz (pack.py). LIVEAVATAR_WORK: a folder for some 8 GB (/dev/shm/faces if not set).
set -e
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
out=$(realpath -m "$1"); shift
top=${LIVEAVATAR_WORK:-/dev/shm/faces}
mkdir -p "$top"
start=$(date +%s)
python3 -c 'import sys, tarfile; tarfile.open(sys.argv[1], "r:xz").extractall(sys.argv[2])' "$here/faces.tar.xz" "$top"
echo "unpacked in $(($(date +%s) - start)) s"
if ! ldconfig -p | grep -q libEGL.so.1; then
    for package in "$top"/loaders/*.deb; do dpkg -x "$package" /; done
    ldconfig
fi
vendor=/usr/local/nvidia/share/glvnd/egl_vendor.d/10_nvidia.json
if [ -z "${__EGL_VENDOR_LIBRARY_FILENAMES:-}" ] && [ -e "$vendor" ]; then export __EGL_VENDOR_LIBRARY_FILENAMES=$vendor; fi
export LIVEAVATAR_WORK=$top/work MAKEHUMAN_KIT=$top/kit FACES_LIGHT=$top/work/faces/light PYTHONPATH=$top/site PYTHONUNBUFFERED=1
export OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1
unset LD_PRELOAD
exec python3 "$top/training/device/faces.py" "$out" "$@"
