# Opens an envelope: a compact JWE with ECDH-ES and A256GCM on P-256.
require 'digest'
require 'openssl'
require_relative 'strict'
require_relative 'token'

# The token in it.
def unseal(envelope, mine)
  head, wrapped, iv, text, tag = envelope.split('.', -1)
  must(wrapped == '' && octets(iv).length == 12 && octets(tag).length == 16 && octets(text) != '')
  said = read_json(octets(head))
  must(said.values_at('alg', 'enc', 'cty') == %w[ECDH-ES A256GCM JWT] && (said.keys - %w[alg enc kid cty epk]).empty?)
  epk = said['epk']
  must(epk.is_a?(Once) && epk.length == 4 && epk.values_at('kty', 'crv') == %w[EC P-256])
  must([epk['x'], epk['y']].all? { |coordinate| octets(coordinate).length == 32 })
  key = key_of(said['kid'], mine, 'enc')
  must(key, 'invalid_key')
  opened(key, public_key(epk), head, *[iv, text, tag].map { |part| octets(part) })
rescue OpenSSL::Cipher::CipherError
  must(false, 'invalid_key')
end

def opened(key, epk, head, iv, text, tag)
  der = ['30770201010420'].pack('H*') + octets(key['d']) + ['a00a06082a8648ce3d030107a14403420004'].pack('H*')
  own = OpenSSL::PKey::EC.new(der + octets(key['x']) + octets(key['y']))
  # NIST SP 800-56A: round 1, the secret, the name of the algorithm, no party info, 256 bits.
  info = [7].pack('N') + 'A256GCM' + [0, 0, 256].pack('N3')
  cipher = OpenSSL::Cipher.new('aes-256-gcm').decrypt
  cipher.key = Digest::SHA256.digest([1].pack('N') + own.dh_compute_key(epk.public_key) + info)
  cipher.iv = iv
  cipher.auth_tag = tag
  cipher.auth_data = head
  cipher.update(text) + cipher.final
end
