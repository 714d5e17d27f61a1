#!/bin/sh
# Measures Taskflow on the graphs of our groups G1 and G2: see README.md beside this file.
#   TASKFLOW_HOME=DIR ./run.sh [MILLISECONDS [MOST_TASKS]]
set -eu

here=$(cd "$(dirname "$0")" && pwd -P)
if [ ! -f "${TASKFLOW_HOME-}/taskflow/taskflow.hpp" ]; then
  echo "run.sh: TASKFLOW_HOME must be a folder with taskflow/taskflow.hpp, of the project Taskflow: TASKFLOW_HOME=${TASKFLOW_HOME-}" >&2
  exit 2
fi
compiler=${CXX:-g++}
if ! command -v "$compiler" >/dev/null; then
  echo "run.sh: there is no such C++ compiler: CXX=$compiler" >&2
  exit 2
fi

build=$here/../target/taskflow
mkdir -p "$build"
"$compiler" -std=c++20 -O3 -DNDEBUG -pthread -isystem "$TASKFLOW_HOME" -Wall -Wextra -Werror \
  -o "$build/taskflow" "$here/taskflow.cpp"
"$compiler" --version | head -n 1
exec "$build/taskflow" "$@"
