# Takes notices: opens, checks, stores, answers. Acting on them is another program's work, which reads the inbox.
# NOTICELINE=/var/lib/noticeline ruby receiver.rb 8080
require 'webrick'
require_relative 'envelope'
require_relative 'inbox'
require_relative 'token'

HOME = ENV.fetch('NOTICELINE')

def receive(type, body)
  my, jwks = %w[settings.json jwks.json].map { |name| JSON.parse(File.read(File.join(HOME, name))) }
  must(body.bytesize <= 262_144)
  sets = { nil => body }
  if type == 'application/json'
    sets = read_json(body)['sets']
    must(sets.is_a?(Once) && sets.length == 1 && sets.values.first.is_a?(String))
  else
    must(type == 'application/secevent+jwt', 'invalid_request', 415)
  end
  jti, sent = sets.first
  sealed = sent.count('.') == 4
  must(sealed || my['sealing_keys'].empty?) # whoever strips the envelope is not believed
  token = sealed ? unseal(sent, my['sealing_keys']) : sent
  claims = check(token, my, jwks['keys'], my.fetch('now') { Time.now.to_i })
  must(jti.nil? || jti == claims['jti'])
  store(File.join(HOME, 'inbox'), claims, token)
end

# Answers a push.
class Push < WEBrick::HTTPServlet::AbstractServlet
  def do_POST(request, response) # rubocop:disable Naming/MethodName
    receive(request['Content-Type'].to_s.split(';').first.to_s.strip.downcase, request.body.to_s)
    response.status = 202
  rescue Refused => e
    response.status = e.status
    response['Content-Type'] = 'application/json'
    response.body = JSON.generate(err: e.message)
  rescue StandardError => e # a full disk, settings that are gone: the portal comes again
    warn(e.class.name)
    response.status = 503
  end
end

server = WEBrick::HTTPServer.new(BindAddress: '127.0.0.1', Port: ARGV.fetch(0).to_i, AccessLog: [])
server.mount('/', Push)
%w[INT TERM].each { |signal| trap(signal) { server.shutdown } }
server.start
