/*
 * What stands under a name that says secret and is none: `tokenType: 'Bearer'`, `sessionTimeoutMs: 3000`,
 * `passwordFile: '/run/secrets/db'`. A report without them would hide what is looked for.
 */

/** True when the value tells something and hides nothing. `words` are those of its name. */
export function isHarmless(words: readonly string[], value: string | number | boolean | null): boolean {
  if (typeof value === 'boolean' || value === null) return true;
  if (typeof value === 'number') return words.some((word) => MEASURES.has(word));
  if (value.length > MAX_LENGTH) return false;
  if (NOTHINGS.has(value.toLowerCase())) return true;
  if (MEASURE.test(value)) return words.some((word) => MEASURES.has(word));
  const describes = DESCRIBING.has(words[words.length - 1] ?? '') && !words.some((word) => ALWAYS.has(word));
  return describes && !isRandom(value);
}

/** True for texts that nobody would write by hand: they have a long run of letters with digits or capitals in it. */
export function isRandom(text: string): boolean {
  let run = 0;
  let kinds = 0;
  for (let index = 0; index < text.length; index++) {
    const kind = kindOf(text.charCodeAt(index));
    run = kind === 0 ? 0 : run + 1;
    kinds = kind === 0 ? 0 : kinds | kind;
    // Lower case alone may be a long word, digits alone a time or an identifier.
    if (run >= RANDOM_LENGTH && (kinds & (kinds - 1)) !== 0) return true;
  }
  return false;
}

const RANDOM_LENGTH = 16;
const MAX_LENGTH = 200;

/** One bit for each kind of letter; 0 for everything else. */
function kindOf(code: number): number {
  if (code >= 0x30 && code <= 0x39) return 1;
  if (code >= 0x41 && code <= 0x5a) return 2;
  return code >= 0x61 && code <= 0x7a ? 4 : 0;
}

/** `30`, `30s`, `1.5 h`, `15 minutes`. Each part is short, so nothing can be tried again at length. */
const MEASURE = /^[0-9]{1,12}(?:\.[0-9]{1,6})? {0,1}[A-Za-z%]{0,8}$/;

/** What variables and text files have instead of booleans and null. */
const NOTHINGS: ReadonlySet<string> = new Set([
  '',
  '***',
  '-',
  '0',
  '1',
  'false',
  'nil',
  'no',
  'none',
  'null',
  'off',
  'on',
  'true',
  'undefined',
  'yes',
]);

/** With one of these words, a number is a quantity. */
const MEASURES: ReadonlySet<string> = new Set([
  'age',
  'attempts',
  'bytes',
  'cost',
  'count',
  'days',
  'expiration',
  'expires',
  'expiry',
  'hours',
  'interval',
  'iterations',
  'length',
  'lifetime',
  'limit',
  'max',
  'min',
  'minutes',
  'ms',
  'port',
  'rate',
  'retries',
  'rounds',
  'seconds',
  'size',
  'timeout',
  'ttl',
  'version',
  'window',
]);

/** A name that ends in one of these tells how or where, not what. */
const DESCRIBING: ReadonlySet<string> = new Set([
  'adapter',
  'alg',
  'algorithm',
  'audience',
  'backend',
  'domain',
  'driver',
  'endpoint',
  'error',
  'exception',
  'field',
  'file',
  'format',
  'host',
  'hostname',
  'issuer',
  'kind',
  'method',
  'mode',
  'module',
  'name',
  'path',
  'plugin',
  'policy',
  'port',
  'prefix',
  'provider',
  'region',
  'role',
  'scheme',
  'service',
  'sock',
  'socket',
  'status',
  'store',
  'strategy',
  'table',
  'type',
  'uri',
  'url',
  'user',
  'username',
  'version',
  'warning',
]);

/** Their values are secrets, however the name goes on. */
const ALWAYS: ReadonlySet<string> = new Set(['dsn', 'connectionstring']);
