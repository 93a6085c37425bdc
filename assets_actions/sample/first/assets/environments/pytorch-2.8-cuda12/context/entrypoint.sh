#!/bin/sh
# Fail early where no GPU can be seen.
nvidia-smi > /dev/null || echo "no GPU found, training on the CPU" >&2
exec "$@"
