/*
 * Secrets as services have them, and what looks like them. None is real: all are made here, from parts and from a
 * generator with a fixed beginning, so that no scanner of repositories takes them for leaked ones.
 */

/** A text with a secret in it, and the part that must never be printed. */
export interface Planted {
  /** The key that it stands under. */
  readonly key: string;
  readonly value: string;
  readonly secret: string;
}

const SMALL = 'abcdefghijklmnopqrstuvwxyz';
const DIGITS = '0123456789';
const HEX = `${DIGITS}abcdef`;
const CAPITALS = SMALL.toUpperCase();
const ALNUM = SMALL + CAPITALS + DIGITS;
const URL_SAFE = `${ALNUM}-_`;

/** Numbers from 0 to below 1 in an order that looks like chance and is the same each time (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const random = randomFrom(5);

/** Apart, so that the sources hold no beginning of a secret. */
function joined(...parts: readonly string[]): string {
  return parts.join('');
}

const PRIVATE = joined('PRIV', 'ATE');

function pick(alphabet: string, length: number): string {
  return Array.from({ length }, () => alphabet.charAt(Math.floor(random() * alphabet.length))).join('');
}

/** A password as people choose them: no form gives it away. */
function word(): string {
  return `${pick(SMALL, 5)}-${pick(SMALL, 4)}${pick(DIGITS, 2)}`;
}

function base64(length: number): string {
  return Buffer.from(pick(ALNUM, length)).toString('base64');
}

/** Names without blanks, written as text. */
function names(text: string): string[] {
  return text.trim().split(/\s+/);
}

const SECRET_NAMES: readonly string[] = names(`
  password PASSWORD dbPassword db_password db-password DB_PASSWORD password2 PGPASSWORD MYSQL_ROOT_PASSWORD passwd
  root_passwd MYSQL_PWD pwd pass smtpPass REDIS_PASS passphrase sslKeyPassphrase secret clientSecret client_secret
  SECRET_KEY_BASE appSecrets token accessToken ACCESS_TOKEN refresh-token csrfToken NPM_TOKEN apiKey api_key API-KEY
  apikey X-Api-Key stripe.api.key privateKey private_key SSH_PRIVATE_KEY accessKey AWS_SECRET_ACCESS_KEY secretKey
  encryptionKey ENCRYPTION_KEY signingKey masterKey MEILI_MASTER_KEY storageKey accountKey sharedKey licenseKey
  consumerKey serviceKey hmacKey credential credentials googleCredentials auth basicAuth authorization Authorization
  cookie sessionCookie set-cookie session sessionId SESSION_ID connect.sid sentryDsn SENTRY_DSN jwt JWT_SIGNING otp
  totpSeed passcode salt pepper psk WIFI_PSK mnemonic oauth connectionString CONNECTION_STRING recoveryCode
`);

/** Nothing but its form tells that it is a secret. */
function formSecrets(): string[] {
  const jwt = [
    { alg: 'HS256', typ: 'JWT' },
    { sub: pick(DIGITS, 9), name: 'x' },
  ]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.');
  const prefixed: readonly (readonly [string, string, number])[] = [
    ...['AKIA', 'ASIA', 'AROA'].map((prefix) => [prefix, CAPITALS + DIGITS, 16] as const),
    ...['ghp_', 'gho_', 'ghu_', 'ghs_', 'ghr_'].map((prefix) => [prefix, ALNUM, 36] as const),
    [joined('github_', 'pat_'), `${ALNUM}_`, 82],
    ...['glpat-', 'gldt-', 'glrt-'].map((prefix) => [prefix, URL_SAFE, 20] as const),
    ...['xoxb-', 'xoxp-', 'xoxs-'].map((prefix) => [`${prefix}1234567890-`, ALNUM, 24] as const),
    ['xapp-1-', ALNUM, 60],
    ...['sk_', 'rk_'].flatMap((kind) => ['live_', 'test_'].map((mode) => [kind + mode, ALNUM, 24] as const)),
    [joined('whsec', '_'), ALNUM, 32],
    [joined('sk-', 'ant-api03-'), URL_SAFE, 90],
    [joined('sk-', 'proj-'), URL_SAFE, 48],
    ['sk-', ALNUM, 48],
    [joined('AI', 'za'), URL_SAFE, 35],
    ['ya29.', URL_SAFE, 60],
    [joined('GOC', 'SPX-'), URL_SAFE, 28],
    ['SG.', URL_SAFE, 22],
    ['npm_', ALNUM, 36],
    [joined('pypi-', 'AgEIcHlwaS5vcmc'), URL_SAFE, 70],
    ['hvs.', URL_SAFE, 24],
    ['hf_', ALNUM, 34],
    ['gsk_', ALNUM, 52],
    ['r8_', ALNUM, 37],
    ['dop_v1_', HEX, 64],
    ['shpat_', HEX, 32],
    ['xkeysib-', HEX, 64],
    ['key-', HEX, 32],
    ['dapi', HEX, 32],
    ['NRAK-', CAPITALS + DIGITS, 27],
    ['PMAK-', HEX, 24],
    ['glsa_', ALNUM, 32],
    ['lin_api_', ALNUM, 40],
    ['figd_', URL_SAFE, 40],
    ['ntn_', ALNUM, 46],
    ['dckr_pat_', ALNUM, 27],
    ['tskey-', ALNUM, 24],
    ['rubygems_', HEX, 48],
    ['sq0atp-', URL_SAFE, 22],
    ['pul-', HEX, 40],
    ['LTAI', ALNUM, 20],
    ['$2b$12$', `${ALNUM}./`, 53],
    ['$argon2id$v=19$m=65536,t=3,p=4$', `${ALNUM}+/`, 60],
    ['$6$', `${ALNUM}./`, 60],
  ];
  return [
    ...prefixed.map(([prefix, alphabet, length]) => prefix + pick(alphabet, length)),
    `${jwt}.${pick(URL_SAFE, 43)}`,
    `${Buffer.from('{"alg":"dir","enc":"A256GCM"}').toString('base64url')}..${pick(URL_SAFE, 16)}.${pick(URL_SAFE, 40)}.${pick(URL_SAFE, 22)}`,
    `${pick('123456789', 1)}${pick(DIGITS, 8)}:AA${pick(URL_SAFE, 33)}`,
    Buffer.from(`-----BEGIN RSA ${PRIVATE} KEY-----\n${base64(60)}`).toString('base64'),
    Buffer.from(`-----BEGIN ${PRIVATE} KEY-----\n${base64(60)}`).toString('base64'),
    Buffer.from(`-----BEGIN EC ${PRIVATE} KEY-----\n${base64(60)}`).toString('base64'),
  ];
}

/** `@` is where the secret goes. */
const CONTEXTS: readonly string[] = [
  'postgres://cart:@@db:5432/cart',
  'mysql://root:@@h1,h2/x?ssl=1',
  'redis://:@@cache:6379/0',
  'mongodb+srv://u:@@cluster0.example.net/db',
  'amqps://user:@@mq.example/vhost',
  'connect failed: https://ci:@@git.example/x.git (3 tries)',
  'Server=db;Database=cart;User Id=sa;Password=@;Encrypt=true',
  'Server=tcp:db,1433;User ID=sa;Pwd=@',
  'Data Source=db;Password=@ with blanks;Timeout=3',
  'DefaultEndpointsProtocol=https;AccountName=cart;AccountKey=@==;EndpointSuffix=core',
  'Endpoint=sb://x.example/;SharedAccessKeyName=root;SharedAccessKey=@=',
  'host=db user=cart password=@ dbname=cart',
  "host=db password='@' dbname=cart",
  'cache:6380,password=@,ssl=True,abortConnect=False',
  'jdbc:postgresql://db/cart?user=u&password=@&ssl=true',
  'https://h.example/cb?state=1&access_token=@&x=2',
  'https://h.example/?api_key=@',
  'https://x.blob.example/c?sv=2020&sr=b&sig=@%3D',
  'https://s3.example/b?X-Amz-Expires=60&X-Amz-Signature=@',
  'Authorization: Bearer @',
  'Authorization: Basic @',
  'authorization: Token @',
  'Proxy-Authorization: Basic @',
  'X-Api-Key: @',
  'GET / HTTP/1.1\r\nHost: h\r\nAuthorization: Digest @\r\nAccept: */*',
  'Cookie: a=1; sid=@; b=2',
  'Set-Cookie: id=@; Path=/; HttpOnly',
  "curl -H 'Authorization: Bearer @' https://h.example/",
  '{"user":"u","password":"@","port":1}',
  '{"user": "u", "apiKey": "@"}',
  JSON.stringify({ body: JSON.stringify({ user: 'u', password: '@' }) }),
  "{ user: 'u', password: '@' }",
  'db:\n  host: h\n  password: @\n  port: 1',
  '[db]\nhost = h\npassword = @\n',
  '# comment\nDB_PASSWORD=@\nDB_HOST=h',
  'export API_TOKEN="@"',
  'Error: login with password=@ failed',
  "Error: not valid (token: '@')",
  'FATAL: password: @ is wrong',
  '<add key="x" connectionString="@" />',
  'hooks at https://hooks.slack.com/services/@',
  'https://discord.com/api/webhooks/1234567/@',
];

function privateKeys(): Planted[] {
  return ['', 'RSA ', 'EC ', 'OPENSSH ', 'ENCRYPTED '].flatMap((kind) => {
    const secret = base64(45);
    const label = `${kind}${PRIVATE} KEY`;
    const whole = `-----BEGIN ${label}-----\n${secret}\n-----END ${label}-----\n`;
    const values = [whole, JSON.stringify({ text: whole }), whole.slice(0, -20)];
    return values.map((value) => ({ key: 'note', value, secret }));
  });
}

/** All secrets: by name, by form, and by what stands around them. */
export const PLANTED: readonly Planted[] = [
  ...SECRET_NAMES.map((key) => {
    const secret = word();
    return { key, value: secret, secret };
  }),
  ...formSecrets().flatMap((secret) => [
    { key: 'note', value: secret, secret },
    { key: 'note', value: `job 7 failed with "${secret}" in it`, secret },
  ]),
  ...CONTEXTS.map((context) => {
    const secret = word();
    // Only the last `@` before a host belongs to the URL itself.
    const value = context.replace(/@@/g, `${secret}\u0000`).replace(/@/g, secret).replace(/\0/g, '@');
    return { key: 'note', value, secret };
  }),
  { key: 'note', value: `https://${pick(HEX, 32)}@o1.ingest.example/5`, secret: '' },
  ...privateKeys(),
].map((planted) =>
  planted.secret === ''
    ? { ...planted, secret: planted.value.slice(8, planted.value.indexOf('@')) }
    : planted,
);

/** What must stay as it is, as `key: value`. */
export const LOOKALIKES: readonly (readonly [string, string | number | boolean | null])[] = [
  ...names(`
    author authors authority authored keyboard keyboardLayout monkey donkey turkey hockey tokenizer tokenize key keys
    keyPrefix publicKey public_key PUBLIC_KEY primaryKey foreignKey sortKey partitionKey cacheKey keyName secretary
    compass bypass passenger passage passive host port user username cwd obsession possession sessile api private access
    sidecar saltyCaramel asphalt hotPath option cookiecutter connection string name dnsName
  `).map((key) => [key, 'plain-value'] as const),
  ...Object.entries({
    sessionTimeoutMs: 1_800_000,
    sessionTtl: '30m',
    maxTokens: 4096,
    max_tokens: 4096,
    tokenLimit: 100,
    tokenExpiresIn: 'x',
    saltRounds: 10,
    passwordMinLength: 12,
    cookieMaxAge: '7d',
    authRetries: 3,
    jwtExpiry: '15 minutes',
    SESSION_MAX_AGE: '3600',
    authPort: 8080,
    authEnabled: true,
    AUTH_ENABLED: 'true',
    token: null,
    password: '',
    auth: false,
    session: 'off',
    secretName: 'prod-db',
    tokenType: 'Bearer',
    authMethod: 'basic',
    authProvider: 'ldap',
    authUrl: 'https://login.example/authorize',
    tokenEndpoint: 'https://login.example/token',
    cookieName: 'connect',
    cookieDomain: '.example.org',
    sessionStore: 'redis',
    sessionDriver: 'file',
    jwtAlgorithm: 'RS256',
    jwtIssuer: 'https://login.example/',
    passwordFile: '/run/secrets/db',
    DB_PASSWORD_FILE: '/run/secrets/db',
    SSH_AUTH_SOCK: '/run/user/1000/agent.sock',
    authHost: 'login.example',
    tokenPolicy: 'strict',
    authUser: 'cart',
    credentialsPath: '/etc/cart/aws.json',
    SECRETS_REGION: 'eu-west-1',
    apiKeyPrefix: 'cart',
    passwordTable: 'users',
    authScheme: 'ldap',
  }).filter(([key]) => key !== 'tokenExpiresIn'),
  ...(
    [
      '6fa459ea-ee8a-3ca4-894e-db77e160355e',
      'da39a3ee5e6b4b0d3255bfef95601890afd80709',
      `sha256:${'0123456789abcdef'.repeat(4)}`,
      'sha512-vnJGpQA9FjKSTafO9TiNZr1+NiZAIuZXScp034tH+R6VH3Ufe7r+Z730j==',
      '1.2.3-rc.4+build.5',
      '2026-11-21T01:55:06.123Z',
      '10.0.0.1:8080',
      '[2001:db8::1]:443',
      '00:1b:44:11:3a:b7',
      'ann@example.org',
      'Ann Example <ann@example.org>',
      'https://example.org/a/b?c=d&e=f#g',
      'https://example.org:8443/@scope/name',
      'https://user@example.org/x',
      'http://[::1]:3000/x@y',
      'ssh://git@example.org/x.git',
      'git@example.org:acme/cart.git',
      'postgres://db:5432/cart',
      'postgres://cart@db/cart',
      'file:///srv/app/passwords.js',
      '/srv/app/node_modules/jsonwebtoken/index.js:12:3',
      'at verifyToken (/srv/app/auth.js:12:3)',
      'TokenExpiredError: the time is over',
      'AuthenticationError: no such user',
      'Invalid password: must be longer',
      'the password is wrong',
      'Password for user cart was changed yesterday',
      'a token of appreciation',
      'Bearer authentication',
      'Bearer Authentication is required',
      'Basic authentication needed',
      'Basic realm="x"',
      'WWW-Authenticate is Basic here',
      'if (token === expected) return;',
      'token => token.trim()',
      'a == b; c != d',
      'x=1;y=2;z=3',
      'Server=db;Database=cart;Encrypt=true',
      'host=db user=cart dbname=cart',
      'SELECT token FROM t WHERE id = 5',
      'data:image/png;base64,iVBORw0KGgoAAAANSUhEUg==',
      `-----BEGIN CERTIFICATE-----\nMIIB${'A'.repeat(20)}\n-----END CERTIFICATE-----`,
      `-----BEGIN PUBLIC KEY-----\nMIIB${'B'.repeat(20)}\n-----END PUBLIC KEY-----`,
      Buffer.from('-----BEGIN CERTIFICATE-----\nMIIBxyz').toString('base64'),
      'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ ann@host',
      joined('pk_', 'live', '_51HabcDEF0123456789abcd'),
      'ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx',
      'ghp_',
      'AKIA',
      'AKIAxyz',
      'sk-learn-contrib',
      'sk-circle-fade-dot',
      'task-sk-1',
      'key-value-store',
      'key-1234',
      'npm_config_registry',
      'npm_lifecycle_event',
      'hf_hub_download',
      'glpat-',
      'xoxo-hugs-and-kisses',
      'SG.example',
      'whsec_',
      'eyJ',
      'eyJust a word. And. More.',
      'eyJhbGciOiJIUzI1NiJ9',
      'a.b.c',
      'com.example.cart.api',
      '123456789:ABC',
      '12:34:56',
      '$HOME/bin:$PATH',
      '$1$2',
      '100 $',
      'C:\\Users\\ann\\app',
      '%d of %s',
      '0 0 * * *',
      'max-age=3600; includeSubDomains',
      'text/html; charset=utf-8',
      'level=info msg="started" port=80',
      'GET /auth/login 200 3ms',
      '{"user":"u","port":1}',
      '[1,2,3]',
      'a:b:c',
      'redis-session:6379',
      'http://auth.example:80/?a=1',
      'arn:aws:iam::123456789012:role/cart',
      'projects/p/secrets/s/versions/1',
      'vault:secret/data/cart',
      '--max-old-space-size=4096',
      '***',
      '',
    ] as const
  ).map((value) => ['note', value] as const),
];
