#!/bin/sh
# Starts one role. Its first argument is combined (the default), http, websocket, worker or migrate;
# anything else is handed to the command line as it is: `entrypoint.sh token --sub alice`.
# Everything else is a setting in the environment.
set -eu

cli="${CARILLON_CLI:-/app/packages/server/dist/cli.js}"
role="${1:-combined}"
[ "$#" -gt 0 ] && shift

case "$role" in
  combined | http)
    export SERVICE_ROLE=api API_TYPE="$role"
    set -- serve "$@"
    ;;
  websocket)
    export SERVICE_ROLE=websocket API_TYPE=websocket
    set -- serve "$@"
    ;;
  worker)
    export SERVICE_ROLE=worker
    set -- serve "$@"
    ;;
  *)
    set -- "$role" "$@"
    ;;
esac

# exec: the server itself gets the SIGTERM that begins its drain.
exec node "$cli" "$@"
