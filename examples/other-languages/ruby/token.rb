# What must be true of a Security Event Token; ruby-jwt checks the signature.
require 'digest'
require 'jwt'
require_relative 'message'
require_relative 'strict'

# Found by the thumbprint (RFC 7638) it has; the `kid` beside a key may lie.
def key_of(kid, jwks, use)
  jwks.find do |jwk|
    next unless [jwk['kty'], jwk['crv'], jwk.fetch('use', use)] == ['EC', 'P-256', use]

    named = %({"crv":"P-256","kty":"EC","x":"#{jwk['x']}","y":"#{jwk['y']}"})
    base64url(Digest::SHA256.digest(named)) == kid
  end
end

# P-256 as OpenSSL reads it; refused where the coordinates are no point of the curve.
def public_key(jwk)
  der = ['3059301306072a8648ce3d020106082a8648ce3d03010703420004'].pack('H*') + octets(jwk['x']) + octets(jwk['y'])
  OpenSSL::PKey.read(der)
rescue OpenSSL::PKey::PKeyError
  must(false, 'invalid_key')
end

# The claims, or Refused with the `err` to answer.
def check(token, my, jwks, now)
  must((parts = token.split('.', -1)).length == 3)
  header, payload, signature = parts.map { |part| octets(part) }
  said = read_json(header)
  must(said['alg'] == 'ES256' && said['typ'] == 'secevent+jwt' && said.length == 3 && octets(said['kid']).length == 32)
  jwk = key_of(said['kid'], jwks, 'sig')
  must(jwk && signature.length == 64 && signed?(token, jwk), 'invalid_key')
  claims = read_json(payload)
  iss, aud, iat, jti, txn = claims.values_at('iss', 'aud', 'iat', 'jti', 'txn')
  must(iss == my['issuer'], 'invalid_issuer')
  must(aud == my['audience'], 'invalid_audience')
  must(iat.is_a?(Integer) && iat <= now + 600 && iat >= now - 45 * 86_400)
  must(jti.is_a?(String) && jti.match?(/\A[\x21-\x7e]{1,200}\z/))
  must(!claims.key?('sub') && !claims.key?('exp') && claims.fetch('toe', 0).is_a?(Integer))
  must((txn.nil? || txn.is_a?(String)) && claims.fetch('sub_id', { 'format' => 'opaque' })['format'] == 'opaque')
  must(claims['events'].is_a?(Once) && claims['events'].length == 1)
  type, event = claims['events'].first
  must(event.is_a?(Once) && readable?(type, event, txn))
  claims
end

def signed?(token, jwk)
  # Claims are ours to check: ruby-jwt is asked about the signature alone.
  JWT.decode(token, public_key(jwk), true, algorithm: 'ES256', verify_expiration: false, verify_not_before: false)
rescue JWT::VerificationError
  false
rescue JWT::DecodeError
  must(false)
end
