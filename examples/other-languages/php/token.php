<?php // What must be true of a Security Event Token and of the message in it.
declare(strict_types=1);

const OURS = '/^urn:noticeline:event:(notice\.(?:issued|corrected|withdrawn|closed)|deadline\.changed'
    . '|dispute\.answered|hash\.recalled)$/D';
const REGIMES = ['ntd_code', 'dsa_notice', 'dsa_order', 'tco_removal_order', 'csam_order', 'test'];

/** What an event must hold for the program that acts on it. An event type of a later release is stored as it is. */
function readable(string $type, object $event, ?string $txn): bool
{
    if (!preg_match(OURS, $type, $named)) return true;
    if (($event->v ?? null) !== 1 || (isset($txn, $event->notice) && $event->notice !== $txn)) return false;
    if ($named[1] === 'notice.issued' && !in_array($event->regime ?? null, REGIMES, true)) return false;
    if (!in_array($named[1], ['notice.issued', 'notice.corrected'], true)) return true;
    $items = is_array($event->items ?? null) ? $event->items : [];
    $http = fn ($item) => is_string($item->url ?? null) && preg_match('#^https?://\S{1,2040}$#Di', $item->url);
    return count($items) >= 1 && count($items) <= 100 && count(array_filter($items, $http)) === count($items);
}

/** The claims and the one event, or Refused with the `err` to answer. */
function check(string $token, object $my, array $jwks, int $now): array
{
    must(count($parts = explode('.', $token)) === 3);
    [$header, $payload, $signature] = array_map('bytes', $parts);
    $said = json($header);
    must(($said->alg ?? null) === 'ES256' && ($said->typ ?? null) === 'secevent+jwt' && is_string($said->kid ?? null));
    must(count((array) $said) === 3 && strlen(bytes($said->kid)) === 32);
    $key = ($jwk = keyOf($said->kid, $jwks, 'sig')) === null ? null : publicKey($jwk);
    must($key !== null && strlen($signature) === 64, 'invalid_key');
    must(openssl_verify("$parts[0].$parts[1]", derOf($signature), $key, OPENSSL_ALGO_SHA256) === 1, 'invalid_key');
    $claims = json($payload);
    must(($claims->iss ?? null) === $my->issuer, 'invalid_issuer');
    must(($claims->aud ?? null) === $my->audience, 'invalid_audience');
    must(is_int($claims->iat ?? null) && $claims->iat <= $now + 600 && $claims->iat >= $now - 45 * 86400);
    must(is_string($claims->jti ?? null) && preg_match('/^[\x21-\x7e]{1,200}$/D', $claims->jti) === 1);
    must(!property_exists($claims, 'sub') && !property_exists($claims, 'exp') && is_int($claims->toe ?? 0));
    must(is_string($claims->txn ?? '') && ($claims->sub_id->format ?? 'opaque') === 'opaque');
    must(is_object($claims->events ?? null) && count($event = (array) $claims->events) === 1);
    must(is_object(current($event)));
    return [$claims, $event];
}
