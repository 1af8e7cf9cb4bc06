<?php // base64url and JSON, read as strictly as they were written.
declare(strict_types=1);

final class Refused extends Exception {}

function must(bool $true, string $err = 'invalid_request', int $status = 400): void
{
    if (!$true) throw new Refused($err, $status);
}

/** Canonical base64url: no padding, no other alphabet, no stray bits. */
function bytes(string $text): string
{
    $bytes = base64_decode(strtr($text, '-_', '+/'), true);
    must($text !== '' && is_string($bytes) && base64url($bytes) === $text);
    return $bytes;
}

function base64url(string $bytes): string
{
    return rtrim(strtr(base64_encode($bytes), '+/', '-_'), '=');
}

/** A JSON object with no member twice: as many names in the text as members in the value. */
function json(string $text): object
{
    $value = json_decode($text, false, 33);
    must(is_object($value));
    preg_match_all('/"(?:[^"\\\\]|\\\\.)*+"(\s*:)?/', $text, $strings);
    must(count(array_filter($strings[1])) === members($value));
    return $value;
}

function members(mixed $value): int
{
    must(!is_string($value) || !str_contains($value, "\0"));
    if (!is_object($value) && !is_array($value)) return 0;
    $own = is_object($value) ? count((array) $value) : 0;
    return $own + array_sum(array_map('members', array_values((array) $value)));
}
