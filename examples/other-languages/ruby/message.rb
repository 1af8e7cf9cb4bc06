# What an event must hold for the program that acts on it.
OURS = /\Aurn:noticeline:event:(notice\.(?:issued|corrected|withdrawn|closed)|deadline\.changed
        |dispute\.answered|hash\.recalled)\z/x
REGIMES = %w[ntd_code dsa_notice dsa_order tco_removal_order csam_order test].freeze

# An event type of a later release is stored as it is.
def readable?(type, event, txn)
  kind = type[OURS, 1]
  return true unless kind
  return false unless event['v'] == 1 && (txn.nil? || event.fetch('notice', txn) == txn)
  return false if kind == 'notice.issued' && !REGIMES.include?(event['regime'])
  return true unless %w[notice.issued notice.corrected].include?(kind)

  items = event['items'].is_a?(Array) ? event['items'] : []
  http = items.select { |item| item.is_a?(Hash) && item['url'].to_s.match?(%r{\Ahttps?://\S{1,2040}\z}i) }
  (1..100).cover?(items.length) && http.length == items.length
end
