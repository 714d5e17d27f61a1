# shellcheck shell=sh
# Sourced by ./mvnw, which has set carillon_root to the project: brings the programs that the tests
# of real components need, where they are missing. As root on Debian it installs them; for others on Debian it unpacks their packages below
# target/tools; elsewhere it says what to install, and the test that needs it fails.

carillon_say() {
  echo "mvnw: $*" >&2
}

# carillon_unpack PACKAGE...: fetches packages and what they need that is not installed, and unpacks them.
carillon_unpack() {
  carillon_packages=$(apt-get -s install --no-install-recommends "$@" 2>/dev/null | sed -n 's/^Inst \([^ ]*\) .*$/\1/p')
  [ -n "$carillon_packages" ] || return 1
  mkdir -p "$carillon_tools/packages"
  # shellcheck disable=SC2086 # the packages are a list
  (cd "$carillon_tools/packages" && apt-get download $carillon_packages >&2) || return 1
  for carillon_package in "$carillon_tools"/packages/*.deb; do
    dpkg -x "$carillon_package" "$carillon_tools" || return 1
  done
}

# carillon_bring WHAT PACKAGES CHECK...: sees to it that the command CHECK succeeds, which looks for WHAT.
carillon_bring() {
  carillon_what=$1
  carillon_names=$2
  shift 2
  "$@" >/dev/null && return 0
  if ! command -v apt-get >/dev/null; then
    carillon_say "the tests need $carillon_what; install it with this system's package manager"
    return 0
  fi
  # shellcheck disable=SC2086 # the packages are a list
  if [ "$(id -u)" = 0 ]; then
    carillon_say "installing $carillon_names with apt-get, which tests need"
    { apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $carillon_names; } >&2 ||
      carillon_say "that failed; a test fails without $carillon_what: apt-get install $carillon_names"
  else
    carillon_say "unpacking $carillon_names to $carillon_tools, which tests need"
    { carillon_unpack $carillon_names && carillon_use; } ||
      carillon_say "that failed; a test fails without $carillon_what: as root, apt-get install $carillon_names"
  fi
}

# carillon_has_opencl: whether there is a loader of OpenCL, and something that it can load.
carillon_has_opencl() {
  [ -d /System/Library/Frameworks/OpenCL.framework ] && return 0
  for carillon_file in "${OCL_ICD_VENDORS:-/etc/OpenCL/vendors}"/*.icd; do
    [ -e "$carillon_file" ] || return 1
  done
  # Folders of LD_LIBRARY_PATH may have blanks in their names; the others are patterns.
  carillon_list=${LD_LIBRARY_PATH-}:
  while [ -n "$carillon_list" ]; do
    [ -e "${carillon_list%%:*}/libOpenCL.so.1" ] && return 0
    carillon_list=${carillon_list#*:}
  done
  for carillon_file in /usr/lib/*-linux-gnu*/libOpenCL.so.1 /usr/lib64/libOpenCL.so.1 /usr/lib/libOpenCL.so.1 /usr/local/lib/libOpenCL.so.1; do
    [ -e "$carillon_file" ] && return 0
  done
  return 1
}

# carillon_use: has what was unpacked, now or in an earlier run, behind all else on the PATH. Of
# OpenCL it is the only one then, as there was none.
carillon_use() {
  [ -d "$carillon_tools/usr" ] || return 0
  PATH=$PATH:$carillon_tools/usr/bin
  carillon_libraries=$(find "$carillon_tools/usr/lib" -maxdepth 1 -type d -name '*-linux-gnu*' 2>/dev/null)
  LD_LIBRARY_PATH=${LD_LIBRARY_PATH:+$LD_LIBRARY_PATH:}$carillon_libraries
  export PATH LD_LIBRARY_PATH
  if [ -d "$carillon_tools/etc/OpenCL/vendors" ]; then
    OCL_ICD_VENDORS=$carillon_tools/etc/OpenCL/vendors
    export OCL_ICD_VENDORS
  fi
  if [ -e "$carillon_tools/usr/bin/gcc" ]; then
    carillon_use_gcc
  fi
}

# carillon_use_gcc: has a compiler that was unpacked find the headers and libraries beside it.
carillon_use_gcc() {
  [ -e "$carillon_tools/usr/bin/cc" ] || ln -s gcc "$carillon_tools/usr/bin/cc"
  C_INCLUDE_PATH=$carillon_tools/usr/include
  LIBRARY_PATH=
  for carillon_folder in "$carillon_tools"/usr/lib/*-linux-gnu*; do
    C_INCLUDE_PATH=$C_INCLUDE_PATH:$carillon_tools/usr/include/${carillon_folder##*/}
    LIBRARY_PATH=$LIBRARY_PATH${LIBRARY_PATH:+:}$carillon_folder
    # This one is a text with the places of others.
    if [ -f "$carillon_folder/libc.so" ] && [ ! -e "$carillon_folder/libc.so.installed" ]; then
      sed "s| /usr/lib/| $carillon_tools/usr/lib/|g" "$carillon_folder/libc.so" >"$carillon_folder/libc.so.here"
      mv "$carillon_folder/libc.so" "$carillon_folder/libc.so.installed"
      mv "$carillon_folder/libc.so.here" "$carillon_folder/libc.so"
    fi
  done
  export C_INCLUDE_PATH LIBRARY_PATH
}

# shellcheck disable=SC2154 # ./mvnw has set it
carillon_tools=$(cd "$carillon_root" && pwd -P)/target/tools
carillon_use
# PoCL keeps what it compiled; in the user's home if nobody says where, and works not at all where
# that cannot be written.
POCL_CACHE_DIR=${POCL_CACHE_DIR:-$carillon_tools/pocl}
export POCL_CACHE_DIR
