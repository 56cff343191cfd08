/**
 * Tells from a name (a key, an option, a variable) whether its value is a secret.
 *
 * Names are compared by words, so `author`, `keyboard`, `monkey` and `tokenizer` stay readable while `dbPassword`,
 * `DB_PASSWORD` and `db-password` do not.
 */
export function isSecretName(name: string): boolean {
  return saySecret(wordsOf(name));
}

/** The same for a name that was taken apart by {@link wordsOf}. */
export function saySecret(words: readonly string[]): boolean {
  return words.some((word, index) => {
    if (SECRET_WORDS.has(word)) return true;
    if (word.length >= SHORTEST_ENDING && SECRET_ENDINGS.some((ending) => word.endsWith(ending))) return true;
    return SECRET_PAIRS.get(word)?.has(words[index + 1] ?? '') === true;
  });
}

const MAX_NAME_LENGTH = 256;
const SHORTEST_ENDING = 5;

/** Words that alone say secret. */
export const SECRET_WORDS: ReadonlySet<string> = new Set([
  'auth',
  'authentication',
  'authorization',
  'bearer',
  'cookie',
  'cookies',
  'dbpass',
  'dsn',
  'jwt',
  'keypass',
  'mnemonic',
  'oauth',
  'otp',
  'pass',
  'passcode',
  'passkey',
  'pepper',
  'psk',
  'pwd',
  'salt',
  'session',
  'sessionid',
  'sessions',
  'sid',
  'storepass',
  'totp',
  'userpass',
]);

/** Endings of words that were written without a separator: `PGPASSWORD`, `clientsecret`, `authtoken`. */
export const SECRET_ENDINGS: readonly string[] = [
  'password',
  'passwords',
  'passwd',
  'passphrase',
  'passphrases',
  'secret',
  'secrets',
  'token',
  'tokens',
  'credential',
  'credentials',
  'apikey',
  'apikeys',
  'accesskey',
  'accountkey',
  'authkey',
  'encryptionkey',
  'masterkey',
  'privatekey',
  'secretkey',
  'sharedkey',
  'signingkey',
  'sshkey',
  'connectionstring',
];

const KEY: ReadonlySet<string> = new Set(['key', 'keys']);

/** Two words in a row that say secret together: `private key`, but not `public key`. */
export const SECRET_PAIRS: ReadonlyMap<string, ReadonlySet<string>> = new Map([
  ['access', KEY],
  ['account', KEY],
  ['api', KEY],
  ['client', KEY],
  ['connection', new Set(['string', 'strings'])],
  ['consumer', KEY],
  ['deploy', KEY],
  ['encryption', KEY],
  ['hmac', KEY],
  ['license', KEY],
  ['master', KEY],
  ['pass', new Set(['phrase', 'code', 'word'])],
  ['private', KEY],
  ['recovery', new Set(['code', 'codes'])],
  ['service', KEY],
  ['shared', KEY],
  ['signing', KEY],
  ['ssh', KEY],
  ['storage', KEY],
]);

/** Lower-case words of a name in any of the usual spellings. */
export function wordsOf(text: string): string[] {
  // What a service calls a setting is short. The end of a longer text is the part that names a value.
  const name = text.length > MAX_NAME_LENGTH ? text.slice(-MAX_NAME_LENGTH) : text;
  const words: string[] = [];
  let start = 0;
  for (let index = 0; index <= name.length; index++) {
    const kind = kindAt(name, index);
    if (kind !== 'other' && !beginsWord(name, index)) continue;
    if (index > start) words.push(name.slice(start, index).toLowerCase());
    start = kind === 'other' ? index + 1 : index;
  }
  return words;
}

/** True between `db` and `Password`, and between `API` and `Key`. */
function beginsWord(name: string, index: number): boolean {
  if (kindAt(name, index) !== 'upper') return false;
  const before = kindAt(name, index - 1);
  return before === 'lower' || (before === 'upper' && kindAt(name, index + 1) === 'lower');
}

/** Letters outside of ASCII count as lower case: they never separate words. Digits and signs do. */
function kindAt(name: string, index: number): 'upper' | 'lower' | 'other' {
  const code = index < 0 || index >= name.length ? 0 : name.charCodeAt(index);
  if (code >= 0x41 && code <= 0x5a) return 'upper';
  return (code >= 0x61 && code <= 0x7a) || code >= 0x80 ? 'lower' : 'other';
}
