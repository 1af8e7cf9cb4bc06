<?php // Opens an envelope: a compact JWE with ECDH-ES and A256GCM on P-256.
declare(strict_types=1);

/** The token in it. */
function unseal(string $envelope, array $mine): string
{
    [$head, $wrapped, $iv, $text, $tag] = explode('.', $envelope);
    must($wrapped === '' && strlen(bytes($iv)) === 12 && strlen(bytes($tag)) === 16 && bytes($text) !== '');
    $said = json(bytes($head));
    must(($said->alg ?? null) === 'ECDH-ES' && ($said->enc ?? null) === 'A256GCM' && ($said->cty ?? null) === 'JWT');
    must(array_diff(array_keys((array) $said), ['alg', 'enc', 'kid', 'cty', 'epk']) === []);
    must(is_object($epk = $said->epk ?? null) && count((array) $epk) === 4);
    must(($epk->kty ?? null) === 'EC' && ($epk->crv ?? null) === 'P-256');
    must(is_string($epk->x ?? null) && is_string($epk->y ?? null) && strlen(bytes($epk->x) . bytes($epk->y)) === 64);
    $mine = is_string($said->kid ?? null) ? keyOf($said->kid, $mine, 'enc') : null;
    $theirs = publicKey($epk); // null beside the curve
    must($mine !== null && $theirs !== null, 'invalid_key');
    $der = hex2bin('30770201010420') . bytes($mine->d) . hex2bin('a00a06082a8648ce3d030107a14403420004');
    $own = openssl_pkey_get_private(pem('EC PRIVATE KEY', $der . bytes($mine->x) . bytes($mine->y)));
    $shared = openssl_pkey_derive($theirs, $own, 32);
    // NIST SP 800-56A: round 1, the secret, the name of the algorithm, no party info, 256 bits.
    $key = hash('sha256', pack('N', 1) . $shared . pack('N', 7) . 'A256GCM' . pack('N3', 0, 0, 256), true);
    $token = openssl_decrypt(bytes($text), 'aes-256-gcm', $key, OPENSSL_RAW_DATA, bytes($iv), bytes($tag), $head);
    must(is_string($token), 'invalid_key');
    return $token;
}
