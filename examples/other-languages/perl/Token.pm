package Token;    # What must be true of a Security Event Token; Crypt::JWT checks the signature
use v5.32;
use warnings;
use Crypt::JWT  qw(decode_jwt);
use Digest::SHA qw(sha256);
use Exporter    qw(import);
use Message     qw(readable);
use Strict;
our @EXPORT = qw(check key_of);

# Found by the thumbprint (RFC 7638) it has; the `kid` beside a key may lie.
sub key_of {
    my ($kid, $jwks, $use) = @_;
    for my $jwk (@$jwks) {
        next unless $jwk->{kty} eq 'EC' && $jwk->{crv} eq 'P-256' && ($jwk->{use} // $use) eq $use;
        my $named = qq({"crv":"P-256","kty":"EC","x":"$jwk->{x}","y":"$jwk->{y}"});
        return $jwk if base64url(sha256($named)) eq $kid;
    }
    return undef;
}

# The claims, or a death with the `err` to answer.
sub check {
    my ($token, $my, $jwks, $now) = @_;
    must((my @parts = split /\./, $token, -1) == 3);
    my ($header, $payload, $signature) = map { octets($_) } @parts;
    my $said = read_json($header);
    must(($said->{alg} // '') eq 'ES256' && ($said->{typ} // '') eq 'secevent+jwt' && keys %$said == 3);
    must(length octets($said->{kid}) == 32);
    my $jwk = key_of($said->{kid}, $jwks, 'sig');
    must($jwk && length $signature == 64, 'invalid_key');
    my %only = (accepted_alg => 'ES256', decode_payload => 0, ignore_claims => 1);
    must(defined eval { decode_jwt(token => $token, key => $jwk, %only) }, 'invalid_key');
    my $claims = read_json($payload);
    my ($iat, $jti) = @$claims{qw(iat jti)};
    must(is_text($claims->{iss}) && $claims->{iss} eq $my->{issuer}, 'invalid_issuer');
    must(is_text($claims->{aud}) && $claims->{aud} eq $my->{audience}, 'invalid_audience');
    must(is_integer($iat) && $iat <= $now + 600 && $iat >= $now - 45 * 86400);
    must(is_text($jti) && $jti =~ /\A[\x21-\x7e]{1,200}\z/);
    must(!exists $claims->{sub} && !exists $claims->{exp} && is_integer($claims->{toe} // 0));
    must(is_text($claims->{txn} // '') && ($claims->{sub_id}{format} // 'opaque') eq 'opaque');
    must(is_object($claims->{events}) && keys %{ $claims->{events} } == 1);
    my ($type, $event) = %{ $claims->{events} };
    must(is_object($event) && readable($type, $event, $claims->{txn}));
    return $claims;
}
1;
