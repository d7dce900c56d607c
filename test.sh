#!/usr/bin/env bash
# Installs what the tests need, where it may, and runs all of them.
# The last line of the output is "N passed, N failed, N skipped"; the exit code is 0 if nothing failed.
# What cannot be run because a program is missing is skipped by name; with CI set, that is a failure.
set -uo pipefail
cd "$(dirname "$0")" || exit 1
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1

passed=0 failed=0 skipped=0
results=$(mktemp -d)
trap 'rm -rf "$results"' EXIT

# Servers are often where only their administrators look.
have() { [ -n "$(PATH="$PATH:/usr/sbin:/usr/local/sbin" command -v "$1")" ]; }
have_postgres() { [ -n "$(find /usr/lib/postgresql -path '*/bin/postgres' 2> /dev/null)" ]; }
static_sqlite() { find /usr/lib -name libsqlite3.a 2> /dev/null | head -n 1; }

finish() {
  if [ -n "${CI:-}" ] && [ "$skipped" -gt 0 ]; then
    echo "In CI nothing may be skipped: counting $skipped skipped as failed."
    failed=$((failed + skipped)) skipped=0
  fi
  echo "$passed passed, $failed failed, $skipped skipped"
  [ "$failed" -eq 0 ]
  exit
}

# install <program> <Debian packages>: makes sure that the program is there, if that is possible here.
install() {
  local program=$1
  shift
  have "$program" && return 0
  have apt-get || return 1
  local root=()
  if [ "$(id -u)" -ne 0 ]; then
    have sudo && sudo -n true 2> /dev/null || return 1
    root=(sudo -n)
  fi
  echo "Installing $*"
  "${root[@]}" apt-get update -qq > /dev/null 2>&1
  "${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" > "$results/apt.log" 2>&1 || tail -3 "$results/apt.log"
  have "$program"
}

skip() {
  echo "SKIPPED $1: $2 is missing; install it and run again"
  skipped=$((skipped + 1))
}

# Says how long it took since the last time.
began=0
lap() { echo "   $((SECONDS - began)) s" && began=$SECONDS; }

attribute() { sed -n "s/.*<assembly [^>]*[ ]$1=\"\([0-9]*\)\".*/\1/p" "$2" | head -n 1; }

# run_dotnet <project> [<program>]: the tests of a project, against the program that was built or another one.
run_dotnet() {
  local project=$1 program=${2:-} report=$results/$1.xml
  echo "== $project${program:+ with $program}"
  rm -f "$report"
  SOCKUDO_TEST_PROGRAM=$program dotnet exec "test/$project/bin/Release/net10.0/$project.dll" -noColor -noLogo -xml "$report" > "$results/$project.log" 2>&1
  local code=$?
  grep -E -A 12 '\[FAIL\]' "$results/$project.log"
  tail -n 1 "$results/$project.log"
  if [ ! -s "$report" ]; then
    echo "$project did not finish (exit code $code):"
    tail -n 20 "$results/$project.log"
    failed=$((failed + 1))
    return
  fi
  passed=$((passed + $(attribute passed "$report")))
  failed=$((failed + $(attribute failed "$report") + $(attribute errors "$report")))
  skipped=$((skipped + $(attribute skipped "$report")))
  lap
}

# run_node <suite>...: suites of test/automated.
run_node() {
  local report=$results/node.tap
  echo "== test/automated: $(basename -s .test.js "$@" | xargs)"
  PATH="$PATH:/usr/sbin:/usr/local/sbin" node --test --test-concurrency=1 --test-force-exit --test-reporter=tap "$@" > "$report" 2>&1
  local code=$?
  grep -E -A 20 '^not ok' "$report"
  grep -E '# SKIP' "$report" | sed 's/^ok [0-9]* - /SKIPPED /'
  local ok bad left
  ok=$(sed -n 's/^# pass //p' "$report") bad=$(sed -n 's/^# fail //p' "$report") left=$(sed -n 's/^# skipped //p' "$report")
  # A suite that cannot even be read is no failed test for node.
  [ "$code" -ne 0 ] && [ "${bad:-0}" -eq 0 ] && bad=1
  echo "   passed: ${ok:-0}, failed: ${bad:-?}, skipped: ${left:-0}"
  passed=$((passed + ${ok:-0})) failed=$((failed + ${bad:-1})) skipped=$((skipped + ${left:-0}))
  lap
}

# run_chaos <program>: a short chaos run on each broker, both at once, against the program that was built or another one. Their seeds together draw every kind of fault once.
run_chaos() {
  echo "== chaos${1:+ with $1}"
  local -A seeds=([redis]=2869 [nats]=3501) running=()
  local broker
  for broker in redis nats; do
    have "$broker-server" || { skip "chaos on $broker" "$broker-server" && continue; }
    local run=(bench/chaos --broker "$broker" --seed "${seeds[$broker]}" --groups 6 --clients 200 --at-once 1)
    echo "again with: ${run[*]}" > "$results/chaos-$broker.log"
    PATH="$PATH:/usr/sbin:/usr/local/sbin" SOCKUDO_TEST_PROGRAM=$1 timeout 240 "${run[@]}" >> "$results/chaos-$broker.log" 2>&1 &
    running[$broker]=$!
  done
  for broker in "${!running[@]}"; do
    if wait "${running[$broker]}"; then
      echo "   $broker: $(tail -n 1 "$results/chaos-$broker.log")"
      grep SKIPPED "$results/chaos-$broker.log"
      passed=$((passed + 1))
    else
      echo "Chaos on $broker failed:"
      cat "$results/chaos-$broker.log"
      failed=$((failed + 1))
    fi
  done
  have faketime || skip "chaos with clocks" faketime
  lap
}

if ! have dotnet; then
  echo "The .NET SDK is missing: https://dotnet.microsoft.com/download (version: see global.json)"
  failed=1
  finish
fi

echo "== build"
if ! dotnet build -c Release -v q -nologo -clp:NoSummary; then
  echo "The build failed."
  failed=1
  finish
fi

lap

echo "== programs and packages that are missing"
# The native program, in the background and only with what the tests leave of the processors, for as long as they run.
native=$PWD/artifacts/native/sockudo
[ -n "$(static_sqlite)" ] || install libsqlite3.a libsqlite3-dev
install gcc gcc libc6-dev || echo "gcc is missing: install it to test the native program"
rm -rf "${native%/*}"
nice -n 10 dotnet publish src/Sockudo -c Release --use-current-runtime -p:PublishAot=true -p:StaticSqlite="$(static_sqlite)" -o "${native%/*}" -v q -nologo > "$results/native.log" 2>&1 &
publishing=$!

install redis-server redis-server redis-sentinel redis-tools || echo "redis-server is missing: install it to run the tests of Redis"
install nats-server nats-server || echo "nats-server is missing: install it to run the tests of NATS"

install faketime faketime || echo "faketime is missing: install it to run chaos with clocks that are wrong"

install mariadbd mariadb-server || echo "mariadbd is missing: install it to run the tests of MySQL and MariaDB"
have_postgres || install initdb postgresql
have_postgres || echo "postgres is missing: install it to run the tests of PostgreSQL"

install promtool prometheus || echo "prometheus is missing: install it to run the tests of metrics, dashboards and alerts"

# Real clients, and the emulator of DynamoDB.
npm_ready=no
if install node nodejs && install npm npm; then
  npm_ready=yes
  for folder in test/automated test/interactive; do
    npm ci --prefix "$folder" --no-audit --no-fund --loglevel=error > "$results/npm.log" 2>&1 && continue
    tail -n 5 "$results/npm.log"
    npm_ready=no
  done
fi

lap

for project in Sockudo.Protocol.Tests Sockudo.Server.Tests Sockudo.Nats.Tests Sockudo.Redis.Tests; do
  run_dotnet "$project"
done

# The README's shell example, which is tested too.
install curl curl || echo "curl is missing: install it to run the README's examples"
install openssl openssl || echo "openssl is missing: install it to run the README's examples"

# Real clients, against the program that was built.
if [ "$npm_ready" = yes ]; then
  install nginx nginx || echo "nginx is missing: install it to run the tests of its configuration"
  have chromium || have chromium-browser || have google-chrome || install chromium chromium || echo "chromium is missing: install it to run the browser test"
  run_node $(ls test/automated/suites/*.test.js | grep -v packages)
else
  for suite in test/automated/suites/*.test.js; do skip "$suite" "Node.js with the npm packages of test/automated and test/interactive"; done
fi

# Whole servers are tested in the form in which they are released, if that can be made here: it also starts at once, and these tests start hundreds.
echo "== the native program"
if ! wait "$publishing"; then
  tail -n 20 "$results/native.log"
  skip "the native program" "what dotnet publish -p:PublishAot=true needs"
  native=
fi
lap
for project in Sockudo.Cluster.Tests Sockudo.Stores.Tests Sockudo.Tests; do
  run_dotnet "$project" "$native"
done
[ "$npm_ready" = yes ] && run_node test/automated/suites/packages.test.js
run_chaos "$native"

finish
