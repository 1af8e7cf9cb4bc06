#!/usr/bin/env php
<?php // One item on standard input; the exit code answers. What is withheld is named by the key, so twice is once.
ini_set('display_errors', 'stderr');
$item = json_decode(stream_get_contents(STDIN), true, 32, JSON_THROW_ON_ERROR);
$kept = getenv('WITHHELD') . "/$item[key]"; // and "$kept.from", a link to where it was
if ($item['act'] === 'take_down' && is_file($kept)) exit(0); // done before
if ($item['act'] === 'put_back' && is_file($kept) && file_exists(readlink("$kept.from"))) exit(20); // something else is there
if ($item['act'] === 'put_back' && is_file($kept)) rename($kept, readlink("$kept.from")) || exit(75);
if ($item['act'] === 'closed' && is_file($kept)) unlink($kept) || exit(75);
if (is_link("$kept.from")) unlink("$kept.from") || exit(75);
if ($item['act'] !== 'take_down') exit(0);
if (!in_array($item['scope'], ['file', 'page'])) exit(40); // a person decides
$site = realpath(getenv('SERVED') . "/$item[host]") ?: exit(11); // no site of ours
$file = realpath("$site$item[path]") ?: exit(10); // not there any more
if (!is_file($file) || !str_starts_with($file, "$site/")) exit(40); // a folder, or a link that leads out of the site
exit(symlink($file, "$kept.from") && rename($file, $kept) ? 0 : 75);
