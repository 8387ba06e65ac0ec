#!/bin/sh
# Deploys, then waits until every cache shows the new build: exit code 0, or the reason why not.
# Needs `strata` on the PATH and strata.yaml in this folder; DEPLOY is the command that deploys, SHA the marker of the build.
set -eu

SHA="${SHA:-$(git rev-parse HEAD)}"
# taken before the deploy: a build that is everywhere at the first look is then no surprise
DEPLOYED_AT="$(date -u +%Y-%m-%dT%H:%M:%SZ)"

${DEPLOY:-./deploy.sh} "$SHA"

code=0
strata wait --expect "$SHA" --deployed "$DEPLOYED_AT" --budget "${BUDGET:-10m}" --purge --junit wait.xml || code=$?

case "$code" in
  0) echo "Every cache shows $SHA." ;;
  1) echo "Some caches still show another build; the cause stands above." >&2 ;;
  2) echo "The check itself is wrong: see strata.yaml and the options." >&2 ;;
  3) echo "The origin does not serve $SHA: look at the deploy, not at the caches." >&2 ;;
  *) echo "Nobody can tell: some nodes did not answer." >&2 ;;
esac
exit "$code"
