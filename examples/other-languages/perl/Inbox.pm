package Inbox;    # A folder of tokens, each in a file of its own, named by the hash of issuer and token id
use v5.32;
use warnings;
use Digest::SHA qw(sha256_hex);
use Exporter    qw(import);
use File::Temp  ();
use IO::Handle;
use Strict;
our @EXPORT_OK = qw(store);

# On the disk before anybody hears 202. Whoever comes again finds the same bytes; other bytes are refused.
sub store {
    my ($inbox, $claims, $token) = @_;
    my $file = "$inbox/" . sha256_hex("$claims->{iss} $claims->{jti}") . '.jwt';
    my $new = File::Temp->new(DIR => $inbox, TEMPLATE => '.newXXXXXX');
    die "write: $!" unless print {$new} $token and $new->flush and $new->sync;
    return if link "$new", $file;    # fails where it is there already
    open my $kept, '<:raw', $file or die "inbox: $!";
    local $/;
    must(<$kept> eq $token);
}
1;
