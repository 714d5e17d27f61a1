# Sourced by ./mvnw and ./carillon: finds a JDK 25, then sets JAVA_HOME and PATH to it.
#
# That is CARILLON_JAVA_HOME, if it is set. Otherwise it looks at JAVA_HOME, below the directories in
# CARILLON_JDK_DIRS (separated by colons; by default where Linux, SDKMAN and macOS keep JDKs), and at
# the java on the PATH.
# It reads each JDK's "release" file and starts no java, because ./carillon has to start fast.

# Is $1 the home of a JDK 25? If it is some other Java, remembers that for the message.
carillon_is_jdk_25() {
  [ -n "$1" ] && [ -r "$1/release" ] || return 1
  carillon_version=unknown
  while IFS='="' read -r carillon_key _ carillon_value _ || [ -n "$carillon_key" ]; do
    if [ "$carillon_key" = JAVA_VERSION ]; then
      carillon_version=$carillon_value
      break
    fi
  done <"$1/release"
  case $carillon_version in
    25 | 25[.+-]*)
      if [ -x "$1/bin/javac" ]; then
        return 0
      fi
      carillon_version="$carillon_version without javac"
      ;;
  esac
  carillon_seen="$carillon_seen
  $carillon_version in $1"
  return 1
}

# Sets carillon_home to a JDK 25, or fails.
carillon_find_jdk() {
  if [ -n "${CARILLON_JAVA_HOME-}" ]; then
    carillon_home=$CARILLON_JAVA_HOME
    carillon_is_jdk_25 "$carillon_home"
    return
  fi
  carillon_home=${JAVA_HOME-}
  carillon_is_jdk_25 "$carillon_home" && return 0
  carillon_dirs=${CARILLON_JDK_DIRS-/usr/lib/jvm:${HOME-}/.sdkman/candidates/java:/Library/Java/JavaVirtualMachines}
  while [ -n "$carillon_dirs" ]; do
    carillon_dir=${carillon_dirs%%:*}
    case $carillon_dirs in
      *:*) carillon_dirs=${carillon_dirs#*:} ;;
      *) carillon_dirs= ;;
    esac
    for carillon_home in "$carillon_dir"/* "$carillon_dir"/*/Contents/Home; do
      carillon_is_jdk_25 "$carillon_home" && return 0
    done
  done
  if [ -z "${CARILLON_JDK_DIRS+set}" ] && [ -x /usr/libexec/java_home ]; then
    carillon_home=$(/usr/libexec/java_home -v 25 2>/dev/null) || carillon_home=
    carillon_is_jdk_25 "$carillon_home" && return 0
  fi
  carillon_java=$(command -v java) || return 1
  carillon_home=$(readlink -f "$carillon_java" 2>/dev/null) || carillon_home=$carillon_java
  carillon_home=${carillon_home%/bin/java}
  carillon_is_jdk_25 "$carillon_home" && return 0
  carillon_seen=${carillon_seen:-"
  unknown at $carillon_java"}
  return 1
}

carillon_seen=
if carillon_find_jdk; then
  JAVA_HOME=$carillon_home
  PATH=$JAVA_HOME/bin:$PATH
  export JAVA_HOME PATH
elif [ -n "${CARILLON_JAVA_HOME-}" ]; then
  echo "CARILLON_JAVA_HOME must be the directory of a JDK 25: CARILLON_JAVA_HOME=$CARILLON_JAVA_HOME" >&2
  exit 1
else
  cat >&2 <<EOF
Carillon needs a JDK 25, and none was found. Seen:${carillon_seen:- no Java at all}

To get one: Eclipse Temurin 25 (https://adoptium.net), "sdk install java 25-tem" with SDKMAN,
"brew install --cask temurin@25" on macOS, or your system's own package.
If it is somewhere else, set CARILLON_JAVA_HOME to its directory.
EOF
  exit 1
fi
