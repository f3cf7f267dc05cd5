#!/bin/sh
# The part of an evaluation that is sent to this machine. The build on the other machine calls this script by ssh:
#
#   machine.sh VERB [ARGUMENT ...]
#
# Everything is in the folder of this script: what was brought (project, nuget, bundle), the evaluation, the run, and
# what the set-up installed for it (dotnet). What comes before the first mark in the output is not from this script: a
# login shell may greet.
set -eu
cd "$(dirname "$0")"
base=$(pwd)
printf '%s\n' '@verus-artifact@'

boot() { cat /proc/sys/kernel/random/boot_id; }
# The time at which a process started, by which it differs from a later one of the same number.
start_of() { sed 's/.*) //' "/proc/$1/stat" 2>/dev/null | cut -d ' ' -f 20; }
is_number() { case $1 in '' | *[!0-9]*) return 1 ;; esac; }

# Whether the build of the run is alive. Its number is that of its session, too.
lives() {
  [ -r run/process ] || return 1
  read -r process started booted <run/process
  [ "$booted" = "$(boot)" ] && [ "$(start_of "$process")" = "$started" ]
}

# A build that a signal ended was killed, unless it was stopped from the other machine.
ended() {
  code=$(cat run/exit)
  if [ "$code" -ge 128 ] && [ ! -e run/stopped ]; then echo 'died -'; else echo "ended $code"; fi
}

state() {
  if [ -r run/exit ]; then ended
  elif lives; then echo 'running -'
  elif [ -r run/exit ]; then ended
  elif [ -d run ]; then echo 'died -'
  else echo 'none -'; fi
}

size_of() { if [ -r "$1" ]; then wc -c <"$1" | tr -d ' '; else echo 0; fi; }
find_dotnet() { DOTNET_INSTALL_DIR=$base/dotnet PATH=$PATH:$HOME/.dotnet bash setup.sh --print-dotnet; }

# All processes of ours: those of the run's session, and those that work below this folder.
ours() {
  for folder in /proc/[0-9]*; do
    number=${folder#/proc/}
    [ "$number" != $$ ] || continue
    case $(readlink "$folder/cwd" 2>/dev/null) in
      "$base" | "$base"/*)
        # A call of this script works here, too, as does the login that made it.
        grep -qz 'machine\.sh$' "$folder/cmdline" 2>/dev/null && [ "$number" != "${process:-0}" ] || echo "$number" ;;
      *)
        [ -z "${process:-}" ] || [ "$(sed 's/.*) //' "$folder/stat" 2>/dev/null | cut -d ' ' -f 4)" != "$process" ] ||
          echo "$number" ;;
    esac
  done
}

# The build gets time to stop what it measures, as after Ctrl-C.
stop() {
  [ ! -d run ] || : >run/stopped
  if ! lives; then
    process=
  else
    kill -INT -- "-$process" 2>/dev/null || true
    for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30; do
      lives || break
      sleep 1
    done
  fi
  for _ in 1 2 3 4 5; do
    left=$(ours)
    [ -n "$left" ] || return 0
    # shellcheck disable=SC2086 # Each word is a process.
    kill -KILL $left 2>/dev/null || true
    sleep 1
  done
  [ -z "$(ours)" ]
}

verb=${1:?} && shift
case $verb in
  facts)
    [ -s identity ] || cat /proc/sys/kernel/random/uuid >identity
    missing=
    for program in tar gzip setsid sha256sum xargs head tail bash; do
      command -v "$program" >/dev/null 2>&1 || missing="$missing $program"
    done
    printf '%s\n' "$(cat identity)" "$(uname -s) $(uname -m)" "$(date +%s)" "$missing" ;;
  known)
    # What was brought, and after an empty record the hashes of these files.
    if [ -r brought ]; then
      cat brought
      printf '\0'
      sed -z -n 's/^[fx] //p' brought | xargs -0 -r sha256sum -z -- 2>/dev/null || true
    fi ;;
  list)
    cat >brought.new
    mv brought.new brought ;;
  put)
    tar -xzf - ;;
  drop)
    xargs -0 -r rm -f -- ;;
  setup)
    export DOTNET_INSTALL_DIR="$base/dotnet" PATH="$PATH:$HOME/.dotnet"
    exec bash setup.sh "$@" 2>&1 ;;
  start)
    # A run that has written its exit code may take a moment to go.
    [ -r run/exit ] || ! lives || { echo busy; exit 0; }
    rm -rf run run.new
    mkdir run.new
    cat >run.new/call.sh
    echo "$1" >run.new/call
    mv run.new run
    # The session is new, so that it outlives this login; without '&', which would make it deaf to SIGINT.
    setsid -f sh "$base/machine.sh" run </dev/null >/dev/null 2>&1
    for _ in 1 2 3 4 5 6 7 8 9 10; do
      [ -r run/process ] && break
      sleep 1
    done
    echo started ;;
  run)
    exec >>run/log 2>&1
    # The handlers keep this shell alive, and its children take the signals.
    trap : INT TERM HUP
    printf '%s\n' "$$ $(start_of $$) $(boot)" >run/process.new
    mv run/process.new run/process
    code=0
    dotnet=$(find_dotnet) && DOTNET=$dotnet BASE=$base sh run/call.sh || code=$?
    echo "$code" >run/exit.new
    mv run/exit.new run/exit ;;
  status)
    is_number "$1"
    # The state comes first: a run that ended before has written everything.
    now=$(state)
    log=$(size_of run/log)
    printf '%s %s %s %s %s\n' "$now" "$(cat run/call 2>/dev/null || echo -)" "$log" \
      "$(size_of evaluation/experiments/journal.jsonl)" "$([ -e run/collected ] && echo collected || echo new)"
    [ "$log" -le "$1" ] || tail -c "+$(($1 + 1))" run/log | head -c "$((log - $1))" ;;
  journal)
    is_number "$1" && is_number "$2"
    tail -c "+$(($1 + 1))" evaluation/experiments/journal.jsonl | head -c "$(($2 - $1))" ;;
  logs)
    cd evaluation/experiments
    tar -czf - --null --ignore-failed-read -T - ;;
  results)
    cd evaluation
    # A report has the name of its request; the newest one is that of the last run.
    {
      for file in experiments/cells.json experiments/cells-smoke.json; do
        [ ! -f "$file" ] || printf '%s\0' "$file"
      done
      for folder in report smoke/report; do
        [ ! -d "$folder" ] || find "$folder" -maxdepth 1 -name '*results.json' -printf '%T@ %p\0' | sort -z -rn |
          head -z -n 1 | cut -z -d ' ' -f 2-
      done
    } | tar -czf - --null -T - ;;
  collected)
    : >run/collected ;;
  stop)
    stop || { echo "Some processes are still there: $(ours | tr '\n' ' ')" >&2; exit 1; } ;;
  clean)
    stop || { echo "Some processes are still there: $(ours | tr '\n' ' ')" >&2; exit 1; }
    cd "$HOME"
    # Checkouts and packages may have folders that cannot be written.
    find "$base" -type d ! -perm -u+w -exec chmod u+rwx {} + 2>/dev/null || true
    rm -rf "$base" || { echo "Remove what is left of $base there by hand." >&2; exit 1; }
    rmdir "$(dirname "$base")" 2>/dev/null || true ;;
  *)
    echo "machine.sh: unknown verb '$verb'" >&2
    exit 2 ;;
esac
