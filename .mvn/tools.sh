# shellcheck shell=sh
# Sourced by ./mvnw, which has set carillon_root to the project: brings the programs that the tests of real components need, where they are
# missing. As root on Debian it installs them; for others on Debian it unpacks their packages below
# target/tools; elsewhere it says what to install, and the test that needs it fails.

carillon_say() {
  echo "mvnw: $*" >&2
}

# carillon_unpack PACKAGE: fetches a package and what it needs that is not installed, and unpacks them.
carillon_unpack() {
  carillon_packages=$(apt-get -s install --no-install-recommends "$1" 2>/dev/null | sed -n 's/^Inst \([^ ]*\) .*$/\1/p')
  [ -n "$carillon_packages" ] || return 1
  mkdir -p "$carillon_tools/packages"
  # shellcheck disable=SC2086 # the packages are a list
  (cd "$carillon_tools/packages" && apt-get download $carillon_packages >&2) || return 1
  for carillon_package in "$carillon_tools"/packages/*.deb; do
    dpkg -x "$carillon_package" "$carillon_tools" || return 1
  done
}

# carillon_bring COMMAND PACKAGE: sees to it that COMMAND is on the PATH.
carillon_bring() {
  command -v "$1" >/dev/null && return 0
  if ! command -v apt-get >/dev/null; then
    carillon_say "the tests need $1; install it with this system's package manager"
    return 0
  fi
  if [ "$(id -u)" = 0 ]; then
    carillon_say "installing $2 with apt-get, which tests need"
    { apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$2"; } >&2 ||
      carillon_say "that failed; a test fails without $1: apt-get install $2"
    return 0
  fi
  if [ ! -d "$carillon_tools/packages" ]; then
    carillon_say "unpacking $2 to $carillon_tools, which tests need"
    { carillon_unpack "$2" && carillon_use; } || carillon_say "that failed; a test fails without $1: as root, apt-get install $2"
  fi
}

# carillon_use: has what was unpacked, now or in an earlier run, behind all else on the PATH.
carillon_use() {
  [ -d "$carillon_tools/usr" ] || return 0
  PATH=$PATH:$carillon_tools/usr/bin
  carillon_libraries=$(find "$carillon_tools/usr/lib" -maxdepth 1 -type d -name '*-linux-gnu*' 2>/dev/null)
  LD_LIBRARY_PATH=${LD_LIBRARY_PATH:+$LD_LIBRARY_PATH:}$carillon_libraries
  export PATH LD_LIBRARY_PATH
}

# shellcheck disable=SC2154 # ./mvnw has set it
carillon_tools=$(cd "$carillon_root" && pwd -P)/target/tools
carillon_use
