#!/usr/bin/env bash
# One item on standard input; the exit code answers. What is withheld is named by the key, so twice is once. Needs jq.
set -eu
eval "$(jq -r '@sh "act=\(.act) key=\(.key) scope=\(.scope // "") host=\(.host // "") path=\(.path // "")"')"
kept=$WITHHELD/$key from=$WITHHELD/$key.from # a link to where it was
if [ "$act" = take_down ] && [ -f "$kept" ]; then exit 0; fi # done before
if [ "$act" = put_back ] && [ -f "$kept" ]; then
  if [ -e "$(readlink "$from")" ]; then exit 20; fi # something else is there
  mv -T "$kept" "$(readlink "$from")" || exit 75
fi
if [ "$act" = closed ]; then rm -f "$kept" || exit 75; fi
rm -f "$from" || exit 75
if [ "$act" != take_down ]; then exit 0; fi
case $scope in file | page) ;; *) exit 40 ;; esac            # a person decides
site=$(realpath -e "$SERVED/$host" 2>/dev/null) || exit 11   # no site of ours
file=$(realpath -e "$site$path" 2>/dev/null) || exit 10      # not there any more
[[ -f $file && $file == "$site"/* ]] || exit 40              # a folder, or a link that leads out of the site
ln -s "$file" "$from" && mv -T "$file" "$kept" || exit 75
