<?php // Keys and signatures as ext-openssl wants them.
declare(strict_types=1);

/** Found by the thumbprint (RFC 7638) it has; the `kid` beside a key may lie. */
function keyOf(string $kid, array $jwks, string $use): ?object
{
    foreach ($jwks as $jwk) {
        if ([$jwk->kty ?? '', $jwk->crv ?? '', $jwk->use ?? $use] !== ['EC', 'P-256', $use]) continue;
        $named = sprintf('{"crv":"P-256","kty":"EC","x":"%s","y":"%s"}', $jwk->x ?? '', $jwk->y ?? '');
        if (base64url(hash('sha256', $named, true)) === $kid) return $jwk;
    }
    return null;
}

/** P-256 as OpenSSL reads it; null where the coordinates are no point of the curve. */
function publicKey(object $jwk): ?OpenSSLAsymmetricKey
{
    $der = hex2bin('3059301306072a8648ce3d020106082a8648ce3d03010703420004') . bytes($jwk->x) . bytes($jwk->y);
    return openssl_pkey_get_public(pem('PUBLIC KEY', $der)) ?: null;
}

function pem(string $label, string $der): string
{
    return "-----BEGIN $label-----\n" . chunk_split(base64_encode($der), 64, "\n") . "-----END $label-----\n";
}

/** JOSE writes r and s as 64 bytes; OpenSSL reads two INTEGERs in a SEQUENCE, each positive and as short as can be. */
function derOf(string $raw): string
{
    $integers = '';
    foreach (str_split($raw, 32) as $half) {
        $number = ltrim($half, "\0");
        if ($number === '' || ord($number[0]) > 127) $number = "\0$number";
        $integers .= "\x02" . chr(strlen($number)) . $number;
    }
    return "\x30" . chr(strlen($integers)) . $integers;
}
