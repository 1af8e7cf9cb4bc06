#!/usr/bin/env perl
# One item on standard input; the exit code answers. What is withheld is named by the key, so twice is once.
use strict; use warnings; use Cwd 'realpath'; use JSON::PP;
my $item = decode_json(join '', <STDIN>);
my ($act, $kept) = ($item->{act}, "$ENV{WITHHELD}/$item->{key}"); # and "$kept.from", a link to where it was
exit 0 if $act eq 'take_down' && -f $kept; # done before
exit 20 if $act eq 'put_back' && -f $kept && -e readlink "$kept.from"; # something else is there
if ($act eq 'put_back' && -f $kept) { rename $kept, readlink "$kept.from" or exit 75 }
if ($act eq 'closed' && -f $kept) { unlink $kept or exit 75 }
if (-l "$kept.from") { unlink "$kept.from" or exit 75 }
exit 0 if $act ne 'take_down';
exit 40 unless $item->{scope} =~ /^(file|page)$/; # a person decides
my $site = realpath("$ENV{SERVED}/$item->{host}");
exit 11 unless $site && -d $site; # no site of ours
utf8::encode(my $path = $item->{path}); # names of files are bytes
my $file = realpath($site . $path);
exit 10 unless $file && -e $file; # not there any more
exit 40 unless -f $file && index($file, "$site/") == 0; # a folder, or a link that leads out of the site
exit(symlink($file, "$kept.from") && rename($file, $kept) ? 0 : 75);
