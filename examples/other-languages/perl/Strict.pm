package Strict;    # base64url and JSON, read as strictly as they were written
use v5.32;
use warnings;
use B           ();
use Exporter    qw(import);
use JSON::PP    ();
use MIME::Base64 qw(encode_base64url decode_base64url);
our @EXPORT = qw(must octets base64url read_json is_text is_integer is_object);

# Dies with the `err` to answer and the status.
sub must {
    my ($true, $err, $status) = @_;
    die { err => $err // 'invalid_request', status => $status // 400 } unless $true;
}

# Canonical base64url: no padding, no other alphabet, no stray bits.
sub octets {
    my ($text) = @_;
    must(is_text($text) && $text =~ /\A[A-Za-z0-9_-]+\z/);
    my $found = decode_base64url($text);
    must(encode_base64url($found) eq $text);
    return $found;
}

sub base64url { return encode_base64url($_[0]) }

# An object with no member twice: as many names in the text as members in the value.
sub read_json {
    my ($text) = @_;
    my $value = eval { JSON::PP->new->utf8->max_depth(33)->decode($text) };
    must(is_object($value));
    my $names = grep { defined } $text =~ /"(?:[^"\\]|\\.)*+"(\s*:)?/gs;
    must($names == members($value));
    return $value;
}

sub members {
    my ($value) = @_;
    must(ref $value || !defined $value || $value !~ /\0/);
    my @inside = is_object($value) ? values %$value : ref $value eq 'ARRAY' ? @$value : ();
    my $own = is_object($value) ? keys %$value : 0;
    $own += members($_) for @inside;
    return $own;
}

# Perl takes a number for a text and a text for a number; what was written is in the flags.
sub written {
    return 0 if !defined $_[0] || ref $_[0];
    return B::svref_2object(\$_[0])->FLAGS & (B::SVf_POK | B::SVf_IOK | B::SVf_NOK);
}
sub is_text    { return written($_[0]) == B::SVf_POK }
sub is_integer { return written($_[0]) == B::SVf_IOK }
sub is_object  { return ref $_[0] eq 'HASH' }
1;
