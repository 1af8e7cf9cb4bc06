#!/usr/bin/perl
# Takes notices: opens, checks, stores, answers. Acting on them is another program's work, which reads the inbox.
# NOTICELINE=/var/lib/noticeline perl receiver.pl 8080
use v5.32;
use warnings;
use lib do { require FindBin; $FindBin::Bin };
use HTTP::Daemon;
use JSON::PP qw(decode_json encode_json);
use Envelope;
use Inbox qw(store);
use Strict;
use Token;

sub from_file { open my $in, '<:raw', "$ENV{NOTICELINE}/$_[0]" or die "$_[0]: $!"; local $/; return decode_json(<$in>) }

sub receive {
    my ($type, $body) = @_;
    my ($my, $jwks) = map { from_file($_) } qw(settings.json jwks.json);
    my $jti;
    must(length $body <= 262144);
    if ($type eq 'application/json') {
        my $sets = read_json($body)->{sets};
        must(is_object($sets) && keys %$sets == 1);
        ($jti, $body) = %$sets;
        must(is_text($body));
    }
    else { must($type eq 'application/secevent+jwt', 'invalid_request', 415) }
    my $sealed = $body =~ tr/.// == 4;
    must($sealed || !@{ $my->{sealing_keys} });    # whoever strips the envelope is not believed
    my $token = $sealed ? unseal($body, $my->{sealing_keys}) : $body;
    my $claims = check($token, $my, $jwks->{keys}, $my->{now} // time);
    must(!defined $jti || $jti eq $claims->{jti});
    store("$ENV{NOTICELINE}/inbox", $claims, $token);
}

my $daemon = HTTP::Daemon->new(LocalAddr => '127.0.0.1', LocalPort => $ARGV[0], ReuseAddr => 1) or die "listen: $!";
while (my $connection = $daemon->accept) {
    $connection->timeout(30);
    if (my $request = $connection->get_request) {
        my $type = lc(($request->header('Content-Type') // '') =~ s/\s*;.*//sr);
        my $done = eval { receive($type, $request->content); 1 };
        my $refused = ref $@ eq 'HASH' ? $@ : { status => 503 };    # a full disk: the portal comes again
        my $said = $done || !$refused->{err} ? '' : encode_json({ err => $refused->{err} });
        my @headers = ('Content-Type' => 'application/json', 'Content-Length' => length $said, Connection => 'close');
        $connection->send_response(HTTP::Response->new($done ? 202 : $refused->{status}, undef, \@headers, $said));
    }
    $connection->close;    # one at a time: nobody is kept waiting by a line that is only kept open
}
