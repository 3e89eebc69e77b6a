#!/bin/sh
# One training a task, on a cluster with Slurm and a folder that all nodes share (results/local, or BN_RUNS):
#
#   sbatch --array=1-21 --requeue --signal=B:TERM@120 scripts/slurm.sh fig2 --scale paper --data DIR --device cuda:0
#
# All tasks start the same command. Each takes trainings that no other has, and the last one finishes the run. A task that
# is stopped or killed leaves a checkpoint, from which whoever takes its training next goes on.
#SBATCH --job-name=batch-norm
#SBATCH --ntasks=1
#SBATCH --open-mode=append
set -eu
program=$1
shift
"$(git rev-parse --show-toplevel)/target/release/$program" --jobs 1 --once "$@" &
trap 'kill -TERM $!' TERM # it writes its checkpoint within the 120 seconds
wait $! || { status=$?; wait $! || status=$?; exit "$status"; }
