# base64url and JSON, read as strictly as they were written.
require 'base64'
require 'json'

# Its message is the `err` to answer.
class Refused < StandardError
  attr_reader :status

  def initialize(err, status)
    super(err)
    @status = status
  end
end

def must(true_, err = 'invalid_request', status = 400)
  raise Refused.new(err, status) unless true_
end

# Canonical base64url: no padding, no other alphabet, no stray bits.
def octets(text)
  must(text.is_a?(String) && text.match?(/\A[A-Za-z0-9_-]+\z/) && text.length % 4 != 1)
  found = text.tr('-_', '+/').unpack1('m')
  must(base64url(found) == text)
  found
end

def base64url(found)
  Base64.urlsafe_encode64(found, padding: false)
end

# Takes a member once.
class Once < Hash
  def []=(name, value)
    must(!key?(name))
    super
  end
end

# An object with no member twice, no NUL in a text and no comment, which Ruby would let pass.
def read_json(text)
  text = text.dup.force_encoding('UTF-8')
  outside = text.scan(%r{"(?:[^"\\]|\\.)*+"|/}m).include?('/')
  value = JSON.parse(text, object_class: Once, max_nesting: 32)
  must(value.is_a?(Once) && text.valid_encoding? && !outside && !JSON.generate(value).match?(/(?<!\\)(?:\\\\)*\\u0000/))
  value
rescue JSON::ParserError, ArgumentError
  must(false)
end
