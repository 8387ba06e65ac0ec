#!/bin/sh
# Tells a running `strata serve` that a build went live; it traces from then on.
# Needs STRATA_URL (http://127.0.0.1:4100), STRATA_TOKEN and SHA, the marker of the build.
set -eu

# the token goes through stdin: what stands on a command line is seen by everybody on the machine
printf 'header = "Authorization: Bearer %s"\n' "$STRATA_TOKEN" |
  curl --config - --fail-with-body --silent --show-error --max-time 10 \
    --header 'Content-Type: application/json' \
    --data "{\"marker\": \"$SHA\", \"at\": \"$(date -u +%Y-%m-%dT%H:%M:%SZ)\"}" \
    "$STRATA_URL/api/v1/deploys"
echo
