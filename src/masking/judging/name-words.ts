/*
 * The vocabulary of names: the words that say that a value is a secret, and how clearly.
 *
 * `certain` words leave no doubt: even a number under them is a secret. Under a `likely` word, numbers, booleans and
 * words of a small set are settings or counts (`tokens: 4096`, `auth: 'basic'`), and everything else is a secret. Under
 * a `possible` pair, a value is a secret unless it looks like an identifier.
 */

/** Words written without spaces, as a set. */
export function wordSet(text: string): ReadonlySet<string> {
  return new Set(text.trim().split(/\s+/));
}

/** Words that alone leave no doubt. */
export const CERTAIN_WORDS: ReadonlySet<string> = wordSet(`
  password passwords passwd passwds passphrase passphrases passcode passcodes passkey passwort passworte pswd passwrd
  secret secrets credential credentials creds cred pwd pwds pw pws
  requirepass masterauth masterpass
  otp totp hotp cvv cvc csc mnemonic mnemonics pepper psk
  kennwort kennwörter geheimnis contraseña contraseñas contrasena contrasenas senha senhas motdepasse mdp passe wachtwoord
  lösenord losenord hasło haslo heslo salasana parola parole şifre sifre jelszó jelszo adgangskode passord
  пароль пароли секрет 密码 密碼 口令 パスワード 暗証番号 비밀번호 密钥 密鑰
`);

/** Words that alone make a secret likely. */
export const LIKELY_WORDS: ReadonlySet<string> = wordSet(`
  auth authentication authorization bearer cookie cookies dsn dsns jwt jwts oauth pass salt salts
  session sessions sessionid sid sids csrf xsrf apikey apikeys token tokens accesskey
`);

/** Ends of words that were written without a separator: `PGPASSWORD`, `clientsecret`. */
export const CERTAIN_ENDINGS: readonly string[] = [
  'password',
  'passwords',
  'passwd',
  'passphrase',
  'passphrases',
  'passwort',
  'secret',
  'secrets',
  'credential',
  'credentials',
  'privatekey',
  'secretkey',
];

export const LIKELY_ENDINGS: readonly string[] = [
  'token',
  'tokens',
  'apikey',
  'apikeys',
  'accesskey',
  'accountkey',
  'authkey',
  'encryptionkey',
  'licensekey',
  'masterkey',
  'sharedkey',
  'signingkey',
  'sshkey',
  'connectionstring',
  'sessionid',
  'sessid',
];

/** Before `pass`, `pwd` and `pw` in one word: `dbpass`, `rootpw`. Not `bypass`, `compass`, `trespass`. */
export const PASS_OWNERS: ReadonlySet<string> = wordSet(`
  db dba user usr key store trust admin adm root smtp imap pop mail email ftp sftp ssh http https proxy redis
  mysql my pg postgres sql mongo rabbit mq amqp ldap bind api app login server srv host net svn git ci wifi vpn
  sudo su test default new old current cert ssl tls pfx p12 jks
`);
export const PASS_ENDS: readonly string[] = ['pass', 'pwd', 'pw', 'passw', 'pswd'];

const KEY = wordSet('key keys');
const CODE = wordSet('code codes');
const OWNER = wordSet('pin pins');

/** Two words in a row that leave no doubt together. */
export const CERTAIN_PAIRS: ReadonlyMap<string, ReadonlySet<string>> = new Map([
  ['private', KEY],
  ['secret', KEY],
  ['pass', wordSet('phrase phrases word words code codes key keys wd')],
  ['mot', wordSet('de')],
  ['seed', wordSet('phrase phrases words')],
  ['recovery', wordSet('code codes phrase phrases key keys')],
  ['backup', wordSet('code codes phrase')],
  ['verification', CODE],
  ['security', wordSet('code codes pin answer answers')],
  ['reset', CODE],
  ['activation', wordSet('code codes key keys')],
  ['mfa', wordSet('code codes pin')],
  ['login', wordSet('code codes pin')],
  ['sms', CODE],
  ['fa', CODE],
  ['card', OWNER],
  ['user', OWNER],
  ['account', OWNER],
  ['sim', OWNER],
  ['device', OWNER],
  ['bank', OWNER],
  ['debit', OWNER],
  ['credit', OWNER],
  ['my', OWNER],
  ['new', OWNER],
  ['old', OWNER],
  ['current', OWNER],
  ['pin', wordSet('code codes number hash')],
]);

/** Two words in a row that make a secret likely: `api key`, but not `public key`. */
export const LIKELY_PAIRS: ReadonlyMap<string, ReadonlySet<string>> = new Map([
  ...`access account admin api auth cipher consumer crypto decrypt decryption deploy enc encrypt encryption
    fernet gpg hmac jwt licence license
    master oauth pgp preshared root rsa sha ec aes des seal service session shared sign signature signing ssh ssl storage tls unseal
    unsealing unlock vault wrapping wireguard`
    .trim()
    .split(/\s+/)
    .map((word) => [word, KEY] as const),
  ['connection', wordSet('string strings str')],
  ['conn', wordSet('string strings str')],
  ['connect', wordSet('string strings str sid')],
  ['database', wordSet('dsn')],
  ['client', wordSet('key keys assertion')],
  ['saml', wordSet('assertion')],
  ['unlock', CODE],
  ['access', wordSet('key keys code codes')],
  ['invite', CODE],
  ['invitation', CODE],
  ['auth', wordSet('key keys code codes')],
  ['authorization', CODE],
  ['device', CODE],
  ['wallet', wordSet('seed')],
  ['totp', wordSet('seed')],
  ['session', wordSet('key keys id')],
  // Personal access tokens.
  ...`gh github gl gitlab hub dockerhub docker ghcr azure azdo ado devops bitbucket`
    .split(' ')
    .map((word) => [word, wordSet('pat')] as const),
]);

/** Two words in a row that may name a secret, or a plain identifier: AMQP's `routingKey: 'orders.created'`. */
export const POSSIBLE_PAIRS: ReadonlyMap<string, ReadonlySet<string>> = new Map(
  `anon app application data deployment enrollment function functions host ingest ingestion instrumentation integration
    maps product
    project publish registration rest restricted role routing sdk server subscription webhook write`
    .trim()
    .split(/\s+/)
    .map((word) => [word, KEY] as const),
);

/** A name that is exactly one of these is a secret, although the word has other meanings in longer names. */
export const CERTAIN_NAMES: ReadonlySet<string> = wordSet('pin');

/** After a likely word, one of these changes the meaning of both: `passThrough`, `salt lake`. */
export const OTHER_MEANINGS: ReadonlyMap<string, ReadonlySet<string>> = new Map([
  [
    'pass',
    wordSet(
      'through thru rate rates count counts fail fails ratio band by on over along around percent percentage throughs',
    ),
  ],
  ['session', wordSet('storage affinity')],
  ['auth', wordSet('n z')],
]);
