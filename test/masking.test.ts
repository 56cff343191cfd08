import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { requireLib } from './support/lib';

const { isSecretName } = requireLib(
  'masking/judging/secret-names',
) as typeof import('../src/masking/judging/secret-names');
const { Masker } = requireLib('masking/mask') as typeof import('../src/masking/mask');
const { maskUrls } = requireLib(
  'masking/finding/mask-urls',
) as typeof import('../src/masking/finding/mask-urls');
const { maskArguments } = requireLib(
  'masking/mask-arguments',
) as typeof import('../src/masking/mask-arguments');
const { maskCommand } = requireLib('masking/mask-command') as typeof import('../src/masking/mask-command');

const masker = new Masker({});
const maskValue = masker.value.bind(masker);

/** Milliseconds of CPU time that a call takes: a busy machine must not look like slow code. */
function timed(call: () => unknown): number {
  const start = process.cpuUsage();
  call();
  return process.cpuUsage(start).user / 1000;
}

/** Names without spaces, written as text. */
function words(text: string): string[] {
  return text.trim().split(/\s+/);
}

const SECRET: readonly string[] = words(`
  password Password PASSWORD dbPassword db_password db-password DB_PASSWORD password2 PGPASSWORD passwd root_passwd
  MYSQL_PWD pwd smtpPass passphrase sslKeyPassphrase --password "password" users[0].password
  secret clientSecret client_secret clientsecret SECRET_KEY_BASE secrets
  token accessToken ACCESS_TOKEN authtoken github-token refreshTokens x-csrf-token
  apiKey api_key API-KEY APIKey apikey APIKEY X-Api-Key stripe.api.key
  privateKey private_key PRIVATE-KEY accessKey encryptionKey signing_key SSH_KEY
  credential credentials awsCredentials auth authHeader Authorization oauth oauth2
  cookie set-cookie session SESSION_ID connect.sid dsn SENTRY_DSN jwt otp
  connectionString CONNECTION_STRING connectionstring
`).concat('api keys');

const HARMLESS: readonly string[] = words(`
  author authors authority keyboard monkey tokenizer tokenize key keys keyPrefix
  publicKey public_key primaryKey foreignKey secretary compass bypass passenger
  host port user username cwd obsession possession api private access sidecar
  saltyCaramel hotPath option cookiecutter connection string name --- pässwörd
`).concat('');

describe('names of secrets', () => {
  for (const name of SECRET) test(`'${name}' is one`, () => assert.equal(isSecretName(name), true));
  for (const name of HARMLESS) test(`'${name}' is not one`, () => assert.equal(isSecretName(name), false));

  test('are found in time that does not grow with their length', () => {
    assert.equal(isSecretName(`${'aB'.repeat(1_000_000)}_password`), true);
    assert.ok(timed(() => isSecretName('aB_'.repeat(3_000_000))) < 100);
  });
});

describe('URLs', () => {
  const cases: readonly (readonly [string, string])[] = [
    ['postgres://user:hunter2@db:5432/cart', 'postgres://user:***@db:5432/cart'],
    ['redis://:hunter2@cache', 'redis://:***@cache'],
    ['amqp://u:p@ss@w0rd@mq/x', 'amqp://u:***@mq/x'],
    ['mongodb://u:p@h1:27017,h2:27017/db', 'mongodb://u:***@h1:27017,h2:27017/db'],
    ['postgres://u:pa/ss#w@db/cart', 'postgres://u:***@db/cart'],
    ['a://u:p@h b://v:q@i', 'a://u:***@h b://v:***@i'],
    ['a://u:p@h,b://v:q@i', 'a://u:***@h,b://v:***@i'],
    ['failed: "http://u:p@h/x?y=1"', 'failed: "http://u:***@h/x?y=1"'],
  ];
  for (const [text, masked] of cases) {
    test(`lose the password: ${masked}`, () => assert.equal(maskUrls(text), masked));
  }

  const untouched: readonly string[] = words(`
    http://host:8080/a@b http://user@host/ http://u:@host/ ssh://git@host/x:y https://host/a:b@c http://[::1]:80/x@y
    http://host:/@x a:// :// : @
  `).concat('mail me@host: now', 'see a://b: c@d', '');
  for (const text of untouched) {
    test(`stay as they are without one: '${text}'`, () => assert.equal(maskUrls(text), text));
  }

  test('are read in linear time, whatever they look like', () => {
    for (const part of ['://', 'a://b:', 'a://b:c/', 'a://b:c@', ':', '@', 'a://b:c/d@', '/']) {
      const text = part.repeat(2_000_000 / part.length);
      assert.ok(timed(() => maskUrls(text)) < 2000, part);
    }
    const oneUrl = `a://b:${'c/'.repeat(1_000_000)}`;
    assert.ok(timed(() => maskUrls(oneUrl)) < 1000);
  });
});

describe('values', () => {
  test('under secret names are masked at any depth, with all that is in them', () => {
    const value = {
      db: { host: 'h', password: 'x' },
      list: [{ apiKey: 'y', port: 1 }],
      auth: { user: 'u', pin: 7 },
    };
    assert.deepEqual(maskValue(value), {
      db: { host: 'h', password: '***' },
      list: [{ apiKey: '***', port: 1 }],
      auth: { user: 'u', pin: '***' },
    });
  });

  test('under secret names are masked one by one, so that settings stay readable', () => {
    const session = { store: 'redis', ttl: 3600, cookie: { sameSite: 'lax', secure: true }, seed: 'x7-q' };
    assert.deepEqual(maskValue({ session }), { session: { ...session, seed: '***' } });
  });

  test('that hide nothing stay readable', () => {
    const value = { auth: true, session: false, token: null, password: '' };
    assert.deepEqual(maskValue(value), value);
  });

  test('that are numbers are masked too', () => assert.deepEqual(maskValue({ pwd: 1234 }), { pwd: '***' }));

  test('of any kind lose passwords of URLs', () => {
    assert.equal(maskValue('a://u:p@h'), 'a://u:***@h');
    assert.deepEqual(maskValue({ url: ['a://u:p@h'] }), { url: ['a://u:***@h'] });
    assert.deepEqual(maskValue({ 'a://u:p@h': 1 }), { 'a://u:***@h': 1 });
  });

  test('under the name __proto__ stay values', () => {
    const masked = maskValue(JSON.parse('{"__proto__":{"password":"x"},"a":1}') as Record<string, never>);
    assert.equal(JSON.stringify(masked), '{"__proto__":{"password":"***"},"a":1}');
    assert.equal(Object.getPrototypeOf(masked), Object.prototype);
  });

  test('are not changed themselves', () => {
    const value = Object.freeze({ password: 'x' });
    maskValue(value);
    assert.equal(value.password, 'x');
  });
});

describe('arguments', () => {
  const cases: readonly (readonly [readonly string[], readonly string[]])[] = [
    [['--password=x'], ['--password=***']],
    [
      ['--password', 'x', 'y'],
      ['--password', '***', 'y'],
    ],
    [
      ['--db-password', '-x-'],
      ['--db-password', '***'],
    ],
    [
      ['-p', '80'],
      ['-p', '80'],
    ],
    [
      ['--no-auth', '--port', '80'],
      ['--no-auth', '--port', '80'],
    ],
    [
      ['--auth', '--password', 'x'],
      ['--auth', '--password', '***'],
    ],
    [
      ['--no-session', '-p', '80'],
      ['--no-session', '-p', '80'],
    ],
    [['--password='], ['--password=']],
    [['API_KEY=x=y'], ['API_KEY=***']],
    [['--set=db.password=x'], ['--set=db.password=***']],
    [
      ['--header', 'Authorization: Bearer x'],
      ['--header', 'Authorization: ***'],
    ],
    [['--header=Cookie: a=b'], ['--header=Cookie: ***']],
    [['{"user":"u","password":"x"}'], ['{"user":"u","password":"***"}']],
    [['http://h/p?a=1&token=x'], ['http://h/p?a=1&token=***']],
    [['http://auth.example:80/?a=1'], ['http://auth.example:80/?a=1']],
    [['--url=redis://:x@session-cache:6379'], ['--url=redis://:***@session-cache:6379']],
    [
      ['--author=me', '--keyboard', 'de'],
      ['--author=me', '--keyboard', 'de'],
    ],
    [[], []],
  ];
  for (const [args, masked] of cases) {
    test(`become ${JSON.stringify(masked)}`, () => assert.deepEqual(maskArguments(args, masker), masked));
  }

  test('are read in linear time', () => {
    for (const part of ['=', 'a=', 'a: ', 'x?', '--a=b://c:']) {
      assert.ok(timed(() => maskArguments([part.repeat(250_000 / part.length)], masker)) < 2000, part);
    }
  });
});

describe('options of masking', () => {
  const value = {
    cardPin: 1234,
    CARD_PIN: 'x',
    pineapple: 'y',
    sessionKey: 'k',
    note: 'the meerkat of id-77',
  };

  test('name more keys, by words', () => {
    assert.deepEqual(new Masker({ keys: ['cardPin', 'pine'] }).value(value), {
      ...value,
      cardPin: '***',
      CARD_PIN: '***',
      sessionKey: '***',
    });
  });

  test('name more values, as texts and as expressions', () => {
    const more = new Masker({ values: ['meerkat', /id-\d+/, /x*/y] });
    assert.equal(more.text(value.note), 'the *** of ***');
    // An expression remembers nothing from one text to the next.
    assert.equal(more.text('id-1'), '***');
    assert.equal(more.text('id-1'), '***');
  });

  test('allow names, whatever stands under them', () => {
    const less = new Masker({ allow: ['session_key', 'auth', 'url'] });
    assert.deepEqual(less.value({ sessionKey: 'k', auth: { user: 'u', password: 'p' }, url: 'a://u:p@h' }), {
      sessionKey: 'k',
      auth: { user: 'u', password: '***' },
      url: 'a://u:p@h',
    });
    assert.deepEqual(maskArguments(['--session-key', 'k'], less), ['--session-key', 'k']);
  });

  test('turn it off', () => {
    const off = new Masker(false);
    assert.equal(off.value(value), value);
    assert.equal(off.text('a://u:p@h'), 'a://u:p@h');
    assert.deepEqual(maskArguments(['--password', 'x'], off), ['--password', 'x']);
  });
});

describe('titles of processes', () => {
  const title = 'worker --password hunter2 --db=a://u:hunter2@h --header Authorization: Bearer hunter2';
  test('are read like arguments', () =>
    assert.doesNotMatch(maskCommand([title], masker).join(' '), /hunter2/));
  test('stay readable without secrets', () => {
    assert.deepEqual(maskCommand(['nginx: worker process'], masker), ['nginx: worker process']);
  });
});

describe('hostile texts', () => {
  const parts = words(`
    = : ; & , a= a; =; :" \\" \\ \\\\" " ' password= password:" password= password=; password="; {"password":"
    eyJ eyJ. eyJ- eyJaaaaaaaa. -----BEGIN -----BEGINPRIVATEKEY----- LS0tLS1CRUdJTi ghp_ glpat- sk-a- AIza $2b$ $ xoxb-
    https://a@ https://hooks.slack.com/services/ 12345678:AA 1 aA0 _ - . bearer Basic Authorization: token=a&
  `).concat(
    ' ',
    '\n',
    'password= ',
    'a password: ',
    '\npassword:',
    'Bearer ',
    '-----BEGIN PRIVATE KEY-----',
    '\n=;',
  );

  for (const part of parts) {
    test(`of nothing but ${JSON.stringify(part)} take linear time`, () => {
      const text = part.repeat(200_000 / part.length);
      assert.ok(timed(() => masker.text(text)) < 2000);
    });
  }

  test('of many secrets in a row take linear time', () => {
    const text = 'password=x; '.repeat(50_000);
    assert.ok(timed(() => masker.text(text)) < 1500);
    assert.doesNotMatch(masker.text(text), /x/);
  });
});
