package Message;    # What an event must hold for the program that acts on it
use v5.32;
use warnings;
use Exporter qw(import);
use Strict;
our @EXPORT_OK = qw(readable);

my $known = qr/\Aurn:noticeline:event:(notice\.(?:issued|corrected|withdrawn|closed)|deadline\.changed
    |dispute\.answered|hash\.recalled)\z/x;
my $regimes = qr/\A(?:ntd_code|dsa_notice|dsa_order|tco_removal_order|csam_order|test)\z/;

# An event type of a later release is stored as it is.
sub readable {
    my ($type, $event, $txn) = @_;
    return 1 unless my ($kind) = $type =~ $known;
    return 0 unless is_integer($event->{v}) && $event->{v} == 1;
    return 0 if defined $txn && ($event->{notice} // $txn) ne $txn;
    return 0 if $kind eq 'notice.issued' && ($event->{regime} // '') !~ $regimes;
    return 1 unless $kind eq 'notice.issued' || $kind eq 'notice.corrected';
    my @items = ref $event->{items} eq 'ARRAY' ? @{ $event->{items} } : ();
    my @http = grep { is_object($_) && is_text($_->{url}) && $_->{url} =~ m{\Ahttps?://\S{1,2040}\z}i } @items;
    return @items >= 1 && @items <= 100 && @http == @items;
}
1;
