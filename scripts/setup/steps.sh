# Shared by scripts/start and scripts/test: prepares a checkout so that compiled programs can run.
# Sourced, never run. Needs Node.js >= 20.19 and npm on the PATH, and nothing else.

gatehouse_log=''
gatehouse_step=''

# Leaves neither a process nor a file of a broken step behind.
gatehouse_cleanup() {
  if [ -n "$gatehouse_step" ]; then end_step; fi
  if [ -n "$gatehouse_log" ]; then rm -f "$gatehouse_log"; fi
  gatehouse_log=''
}
trap gatehouse_cleanup EXIT

# Ends the running step with everything it started; npm waits long for its own programs, so it gets 3 s.
end_step() {
  local tries=0
  kill -TERM -- "-$gatehouse_step" 2>/dev/null || true
  while kill -0 -- "-$gatehouse_step" 2>/dev/null && [ "$tries" -lt 30 ]; do
    sleep 0.1
    tries=$((tries + 1))
  done
  kill -KILL -- "-$gatehouse_step" 2>/dev/null || true
  wait "$gatehouse_step" 2>/dev/null || true
  gatehouse_step=''
}

# Ctrl-C, a closed terminal or a plain kill during a step: exit codes as of a shell.
stopped() {
  trap '' INT TERM HUP
  printf '\nStopped.\n' 2>/dev/null || true
  exit "$1"
}
trap 'stopped 130' INT
trap 'stopped 143' TERM
trap 'stopped 129' HUP

fail() {
  printf '\n%s\n' "$1" >&2
  [ $# -gt 1 ] && printf '  What to do: %s\n' "$2" >&2
  exit 1
}

# step NAME HINT COMMAND...: runs the command quietly, prints name and elapsed time; on failure its output and the hint.
step() {
  local name=$1 hint=$2 began code=0
  shift 2
  began=$SECONDS
  gatehouse_log=$(mktemp "${TMPDIR:-/tmp}/gatehouse-step.XXXXXX")
  printf '  %-34s' "$name"
  # A process group of its own, so that stopping reaches all of the step and nothing else.
  set -m
  "$@" >"$gatehouse_log" 2>&1 </dev/null &
  gatehouse_step=$!
  set +m
  wait "$gatehouse_step" || code=$?
  gatehouse_step=''
  if [ "$code" -ne 0 ]; then
    printf 'failed after %s s\n\n' "$((SECONDS - began))"
    tail -n 40 "$gatehouse_log" >&2
    if [ "$name" = 'Installing packages' ]; then hint=$(install_hint "$hint"); fi
    fail "The step \"$name\" failed." "$hint"
  fi
  printf '%s s\n' "$((SECONDS - began))"
  gatehouse_cleanup
}

# Better words when the native SQLite module could be neither downloaded nor compiled.
install_hint() {
  local missing=''
  if grep -qE 'better-sqlite3|node-gyp|gyp ERR' "$gatehouse_log"; then
    for tool in python3 make g++; do command -v "$tool" >/dev/null 2>&1 || missing="$missing $tool"; done
  fi
  if [ -n "$missing" ]; then
    printf 'better-sqlite3 has no prebuilt binary for this machine and compiling it needs:%s (on Debian: apt-get install python3 make g++).' "$missing"
  elif grep -q 'node-gyp' "$gatehouse_log"; then
    printf 'a native module could be neither downloaded (github.com) nor compiled; the lines above say why.'
  else
    printf '%s' "$1"
  fi
}

check_node() {
  command -v node >/dev/null 2>&1 || fail 'Node.js was not found.' 'install Node.js 20.19 or newer (https://nodejs.org), then run this again.'
  command -v npm >/dev/null 2>&1 || fail 'npm was not found.' 'install npm, which comes with Node.js, then run this again.'
  node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 20 || (a === 20 && b >= 19) ? 0 : 1)' ||
    fail "Node.js $(node --version) is too old." 'install Node.js 20.19 or newer, then run this again.'
}

# Where Node.js came with its own headers, compiling needs no download of them.
use_own_headers() {
  local prefix
  prefix=$(node -p 'require("node:path").dirname(require("node:path").dirname(process.execPath))')
  if [ -z "${npm_config_nodedir:-}" ] && [ -f "$prefix/include/node/node.h" ]; then
    export npm_config_nodedir=$prefix
  fi
}

install_packages() {
  if node scripts/setup/installed.mjs check; then
    echo 'The lock file has not changed.'
    return 0
  fi
  use_own_headers
  npm ci --no-audit --no-fund && node scripts/setup/installed.mjs stamp
}

compile() { node node_modules/typescript/bin/tsc -b; }

build_screens() { node scripts/dist/setup/screens.js; }

# prepare: everything both commands need before their own work.
prepare() {
  check_node
  step 'Installing packages' 'check the connection to the npm registry (npm ping), then run this again.' install_packages
  step 'Compiling' 'the sources do not compile; the lines above name file and line.' compile
  step 'Building the screens' 'a screen does not build; the lines above name the file.' build_screens
}
