<?php // Takes notices: opens, checks, stores, answers. Acting on them is another program's work, which reads the inbox.
declare(strict_types=1);
foreach (['strict', 'keys', 'token', 'envelope'] as $part) require __DIR__ . "/$part.php";
ini_set('display_errors', '0'); // a failure is 500 and a line in the log, never a page

/** On the disk before anybody hears 202. Whoever comes again finds the same bytes; other bytes are refused. */
function store(string $inbox, object $claims, string $token): void
{
    $file = "$inbox/" . hash('sha256', "$claims->iss $claims->jti") . '.jwt';
    $new = fopen($temporary = tempnam($inbox, '.new'), 'w');
    if (fwrite($new, $token) !== strlen($token) || !fsync($new)) throw new RuntimeException('disk');
    @link($temporary, $file); // fails where it is there already
    unlink($temporary);
    $kept = file_get_contents($file);
    if ($kept === false) throw new RuntimeException('inbox');
    must($kept === $token);
}

$my = json_decode(file_get_contents(getenv('NOTICELINE') . '/settings.json'), false, 9, JSON_THROW_ON_ERROR);
$jwks = json_decode(file_get_contents(getenv('NOTICELINE') . '/jwks.json'), false, 9, JSON_THROW_ON_ERROR)->keys;
try {
    $type = strtolower(trim(explode(';', $_SERVER['CONTENT_TYPE'] ?? '')[0]));
    $body = file_get_contents('php://input', false, null, 0, 262145);
    $jti = null;
    must(strlen($body) <= 262144);
    if ($type === 'application/json') {
        $sets = (array) (json($body)->sets ?? []);
        must(count($sets) === 1 && is_string($body = current($sets)));
        $jti = (string) key($sets);
    } else must($type === 'application/secevent+jwt', 'invalid_request', 415);
    $token = substr_count($body, '.') === 4 ? unseal($body, $my->sealing_keys) : $body;
    must($token !== $body || $my->sealing_keys === []); // whoever strips the envelope is not believed
    [$claims, $event] = check($token, $my, $jwks, $my->now ?? time());
    must($jti === null || $jti === $claims->jti);
    must(readable(key($event), current($event), $claims->txn ?? null));
    store(getenv('NOTICELINE') . '/inbox', $claims, $token);
    http_response_code(202);
} catch (Refused $refused) {
    http_response_code($refused->getCode());
    header('Content-Type: application/json');
    echo json_encode(['err' => $refused->getMessage()]);
}
