package Envelope;    # Opens an envelope: a compact JWE with ECDH-ES and A256GCM on P-256, by Crypt::JWT
use v5.32;
use warnings;
use Crypt::JWT qw(decode_jwt);
use Exporter   qw(import);
use Strict;
use Token qw(key_of);
our @EXPORT = qw(unseal);

# The token in it.
sub unseal {
    my ($envelope, $mine) = @_;
    my ($head, $wrapped, $iv, $text, $tag) = split /\./, $envelope, -1;
    must($wrapped eq '' && length octets($iv) == 12 && length octets($tag) == 16 && octets($text) ne '');
    my $said = read_json(octets($head));
    my ($alg, $enc, $cty, $epk, $kid) = map { $_ // '' } @$said{qw(alg enc cty epk kid)};
    must($alg eq 'ECDH-ES' && $enc eq 'A256GCM' && $cty eq 'JWT');
    must(!grep { !/\A(?:alg|enc|kid|cty|epk)\z/ } keys %$said);
    must(is_object($epk) && keys %$epk == 4 && ($epk->{kty} // '') eq 'EC' && ($epk->{crv} // '') eq 'P-256');
    must(length octets($epk->{$_}) == 32) for qw(x y);
    my $key = key_of($kid, $mine, 'enc');
    must($key, 'invalid_key');
    my %only = (accepted_alg => 'ECDH-ES', accepted_enc => 'A256GCM', decode_payload => 0);
    my $token = eval { decode_jwt(token => $envelope, key => $key, %only) };
    must(defined $token, 'invalid_key');
    return $token;
}
1;
