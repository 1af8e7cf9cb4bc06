#!/usr/bin/env bash
# What the agent runs for each item. Every effect is one rename or one folder, named by the key; every run is a line.
set -eu
echo "$EPOCHREALTIME $NOTICELINE_ACT $NOTICELINE_CASE $NOTICELINE_ITEM $NOTICELINE_KEY" >>"$LEDGER/runs"
sleep "0.0$((RANDOM % 3))"
case $NOTICELINE_ACT in
  take_down)
    if [ -d "$LEDGER/back/$NOTICELINE_KEY" ]; then
      echo "$NOTICELINE_CASE $NOTICELINE_ITEM" >>"$LEDGER/after-all"
    else
      mkdir -p "$LEDGER/down/$NOTICELINE_KEY/taken"
    fi
    ;;
  put_back)
    mv -T "$LEDGER/down/$NOTICELINE_KEY" "$LEDGER/back/$NOTICELINE_KEY" 2>/dev/null ||
      mkdir -p "$LEDGER/back/$NOTICELINE_KEY"
    ;;
esac
sleep "0.0$((RANDOM % 3))"
