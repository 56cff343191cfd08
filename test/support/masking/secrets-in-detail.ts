import { ALNUM, CAPITALS, joined, Maker, type SecretCase } from './case';

type Fill = (secret: string) => unknown;

/** `§` is where a password with a digit in it goes. */
const TEXTS: readonly string[] = [
  'spring.datasource.password:§',
  'started with db.password:§ and 4 workers',
  'redis.auth.pass:§',
  '--b\r\nContent-Disposition: form-data; name="api_key"\r\nContent-Type: text/plain\r\n\r\n§\r\n--b--',
  '--b\nContent-Disposition: form-data; name="password"; filename="x"\nContent-Type: text/plain\n\n§\n--b--',
  'password: {secure: §}',
  'password:\n  secure: §',
  'password: [§, b]',
  'password: { § }',
  'tokens: [§, cD3dE5gH7jK9]',
  'password:      # the new one\n  §',
  '- {name: DB_PASSWORD, value: §}',
  'env: [{name: DB_PASSWORD, value: §}]',
  'name: password, value: §',
  "postgres://app:it's§@h/db",
  'connect to postgres://app:p$§@h/db failed',
  'Driver={PostgreSQL};Server=db;UID=sa;PWD={a;§};Database=shop',
  'Server=db;UID=sa;PWD={§;}}b}',
  'curl -sSu bob:§ https://h.example',
  'curl -su bob:§ https://h.example',
  'zip -rP § a.zip d',
  'ldapsearch -xw § -b dc=shop',
  'docker login -u a -p§',
  'curl --user=bob:§ https://h.example',
  'Command failed: net use /user:bob /password:§',
  "config.password ||= '§'",
  'password ??= "§"',
  'let apiKey: string | undefined = "§"',
  "{ [Symbol(password)]: '§' }",
  'Cast to Number failed for value "§" (type string) at path "password"',
  '"password" must be one of the known values, got "§"',
  '"apiKey" is invalid: "§"',
  'DB_HOST=h\nDB_PASS=§\n',
];

const OBJECTS: readonly (readonly [string, Fill])[] = [
  ['pin', (s) => ({ pin: { value: s } })],
  ['secure', (s) => ({ password: { secure: s } })],
  ['fieldName', (s) => ({ list: [{ fieldName: 'DB_PASSWORD', fieldValue: s }] })],
  ['propertyName', (s) => ({ list: [{ propertyName: 'DB_PASSWORD', propertyValue: s }] })],
  ['headerName', (s) => ({ list: [{ headerName: 'X-Api-Key', headerValue: s }] })],
  ['settingName', (s) => ({ list: [{ settingName: 'DB_PASSWORD', settingValue: s }] })],
  ['configKey', (s) => ({ list: [{ configKey: 'DB_PASSWORD', configValue: s }] })],
  ['envName', (s) => ({ list: [{ envName: 'DB_PASSWORD', envValue: s }] })],
  ['column', (s) => ({ column: 'password', value: s })],
  ['net use', (s) => ({ spawnargs: ['net', 'use', '/user:bob', `/password:${s}`] })],
];

/** With a value that looks random. */
const OBJECTS_WITH_KEYS: readonly (readonly [string, Fill])[] = [
  ...['encryption', 'signing', 'private', 'access', 'master', 'api'].map(
    (owner) => [owner, (s: string) => ({ [owner]: { key: s, rounds: 3 } })] as const,
  ),
  ['nested', (s) => ({ service: { dataEncryption: { key: s } } })],
];

const ARGUMENTS: readonly string[] = [
  'curl -sSu bob:§ https://h.example',
  'curl --user=bob:§ https://h.example',
  'myprog --user=bob:§',
  'ldapsearch -xw §',
  'zip -rP § a.zip d',
  'docker login -u a -p§',
  'net use /password:§',
];

/** Secrets at a distance from their name, or in a spelling that few use. */
export function secretsInDetail(maker: Maker): SecretCase[] {
  const all: SecretCase[] = [];
  const add = (kind: SecretCase['kind'], name: string, secret: string, fill: Fill): void => {
    all.push({ kind, shape: 'in detail', origin: 'in detail', name, value: fill(secret), secret });
  };
  const fillText =
    (text: string): Fill =>
    (secret) =>
      text.replace('§', () => secret);
  for (const text of TEXTS)
    add('text', text, maker.pick(ALNUM, 8) + maker.pick('23456789', 4), fillText(text));
  for (const [name, fill] of OBJECTS) add('data', name, maker.password(), fill);
  for (const [name, fill] of OBJECTS_WITH_KEYS) add('data', `key of ${name}`, maker.made(), fill);
  for (const line of ARGUMENTS)
    add('arguments', line, maker.password(), (secret) =>
      line.split(' ').map((word) => word.replace('§', () => secret)),
    );
  for (const name of ['GH_PAT', 'DOCKERHUB_PAT'])
    add('named', name, maker.pick(ALNUM, 24), (secret) => secret);
  for (const path of ['webhook/', 'api/webhooks/in/', 'webhook/send?key='])
    add('text', path, maker.uuid(), (secret) => `POST https://n8n.example/${path}${secret} 200`);
  const line = (): string => maker.pick(ALNUM, 64);
  add('text', 'key without its head', line(), (secret) =>
    joined(
      'loaded\n',
      secret,
      '\n',
      line(),
      '\n',
      maker.pick(CAPITALS, 20),
      '\n-----END RSA ',
      'PRIVATE KEY-----\ndone',
    ),
  );
  add('text', 'escaped key without its head', line(), (secret) =>
    joined('"', secret, '\\n', line(), '\\n-----END ', 'PRIVATE KEY-----\\n"'),
  );
  return all;
}
