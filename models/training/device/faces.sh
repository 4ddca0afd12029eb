#!/bin/bash
# Renders frames and trains the frame decoder on a machine with a GPU: bash faces.sh OUT [options of faces.py]
# Beside this script lies faces.tar.xz (pack.py). It is unpacked below LIVEAVATAR_WORK (/tmp if not set), where some 8 GB of frames go.
set -e
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
out=$(realpath -m "$1"); shift
top=${LIVEAVATAR_WORK:-/tmp}/faces_device
mkdir -p "$top"
start=$(date +%s)
python3 -c 'import sys, tarfile; tarfile.open(sys.argv[1], "r:xz").extractall(sys.argv[2])' "$here/faces.tar.xz" "$top"
echo "unpacked in $(($(date +%s) - start)) s"
for package in "$top"/loaders/*.deb; do dpkg -x "$package" "$top/gl"; done
export LD_LIBRARY_PATH=${LD_LIBRARY_PATH:+$LD_LIBRARY_PATH:}$top/gl/usr/lib/x86_64-linux-gnu
for folder in /usr/local/nvidia/lib64 /usr/local/nvidia/lib; do
    if [ -d $folder ]; then LD_LIBRARY_PATH=$LD_LIBRARY_PATH:$folder; fi
done
export GLCONTEXT_LINUX_LIBGL=libOpenGL.so.0 GLCONTEXT_LINUX_LIBEGL=libEGL.so.1      # without GLX, which would ask for X11
vendor=/usr/local/nvidia/share/glvnd/egl_vendor.d/10_nvidia.json
if [ -z "${__EGL_VENDOR_LIBRARY_FILENAMES:-}" ] && [ -e "$vendor" ]; then export __EGL_VENDOR_LIBRARY_FILENAMES=$vendor; fi
export LIVEAVATAR_WORK=$top/work MAKEHUMAN_KIT=$top/kit FACES_LIGHT=$top/work/faces/light PYTHONPATH=$top/site PYTHONUNBUFFERED=1
export OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1
unset LD_PRELOAD
exec python3 "$top/training/device/faces.py" "$out" "$@"
