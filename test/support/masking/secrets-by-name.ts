import { type SecretCase, Maker, words } from './case';

/** Names that leave no doubt, in the spellings and languages in which services have them. */
const CERTAIN = words(`
  password Password PASSWORD dbPassword db_password db-password DB_PASSWORD db.password spring.datasource.password
  PGPASSWORD MYSQL_ROOT_PASSWORD password2 password_1 newPassword currentPassword passwd root_passwd rootPasswd pwd userPwd
  MYSQL_PWD passphrase sslKeyPassphrase secret clientSecret client_secret clientsecret CLIENT_SECRET SECRET_KEY_BASE
  appSecret jwtSecret cookieSecret webhook_secret SESSION_SECRET SECRET_KEY secretKey AWS_SECRET_ACCESS_KEY privateKey
  private_key SSH_PRIVATE_KEY privatekey credential credentials awsCredentials creds cred db_creds pw db_pw pswd
  dbpass REDIS_DBPASS userpass keypass storepass smtppass otp totp totpSeed OTP_CODE passcode pepper psk WIFI_PSK mnemonic
  seedPhrase seed_phrase recoveryCode recovery_codes backupCodes verificationCode pin cardPin card_pin pin_code cvv card.cvv
  Passwort passwort db_passwort kennwort contraseña contrasena senha motDePasse wachtwoord lösenord hasło пароль 密码
  パスワード 비밀번호 hashedPassword password_hash adminPasswordHash securityCode mfaCode
`);

/** Names under which only words of a small set, and numbers, may be read. */
const LIKELY = words(`
  token accessToken ACCESS_TOKEN refresh-token csrfToken xsrf_token NPM_TOKEN GITHUB_TOKEN bot_token authtoken id_token
  apiKey api_key API-KEY apikey X-Api-Key x-api-key stripe.api.key STRIPE_API_KEY apiKeyStripe accessKey encryptionKey
  ENCRYPTION_KEY signingKey SIGNING_KEY masterKey MEILI_MASTER_KEY storageKey accountKey sharedKey licenseKey LICENSE_KEY
  consumerKey serviceKey hmacKey clientKey sessionKey auth basicAuth authorization Authorization Proxy-Authorization authKey
  cookie sessionCookie set-cookie Set-Cookie session sessionId SESSION_ID sessionid connect.sid sid jwt JWT
  sentryDsn SENTRY_DSN oauth salt connectionString CONNECTION_STRING connection_string sshKey SSH_KEY adminKey csrf
  appKey APP_KEY writeKey routing_key PAGERDUTY_ROUTING_KEY subscription-key authorizationCode deployKey rootKey
`);

export function secretsByName(maker: Maker): SecretCase[] {
  const make = (name: string, secret: string, origin: string): SecretCase => ({
    kind: 'named',
    shape: 'name',
    origin,
    name,
    value: secret,
    secret,
  });
  const certain = CERTAIN.flatMap((name, index) => {
    const secret =
      [maker.password(), maker.plain(), maker.signs(), maker.digits(), maker.made()][index % 5] ?? '';
    return [make(name, secret, 'configuration of services and frameworks')];
  });
  const likely = LIKELY.map((name, index) => {
    const secret = [maker.password(), maker.made(), maker.uuid(), maker.signs()][index % 4] ?? '';
    return make(name, secret, 'configuration of services and frameworks');
  });
  return [...certain, ...likely, ...nested(maker)];
}

/** Objects and lists under a secret name, and names apart from their values. */
function nested(maker: Maker): SecretCase[] {
  const shapes: readonly (readonly [string, string, (secret: string) => unknown])[] = [
    ['object', 'AWS SDK', (s) => ({ credentials: { accessKeyId: 'AK', secretAccessKey: s } })],
    ['object', 'axios', (s) => ({ auth: { username: 'u', password: s } })],
    ['object', 'tokens of several services', (s) => ({ tokens: { github: s, slack: 'x' } })],
    ['object', 'dotenv vault', (s) => ({ secrets: { db: { main: s } } })],
    ['list', 'keys that rotate', (s) => ({ sessionSecrets: ['x', s] })],
    ['list', 'API keys', (s) => ({ apiKeys: [s] })],
    ['list', 'nested', (s) => ({ auth: [{ value: s }] })],
    ['apart', 'Kubernetes env', (s) => ({ env: [{ name: 'DB_PASSWORD', value: s }] })],
    [
      'apart',
      'Kubernetes env',
      (s) => [
        { name: 'PORT', value: '80' },
        { name: 'API_TOKEN', value: s },
      ],
    ],
    ['apart', 'ECS', (s) => [{ Name: 'DbPassword', Value: s }]],
    ['apart', 'key and value', (s) => ({ key: 'api_token', value: s })],
    ['apart', 'Postman', (s) => ({ header: [{ key: 'Authorization', value: s, type: 'text' }] })],
    ['apart', 'CloudFormation', (s) => ({ ParameterKey: 'MasterPassword', ParameterValue: s })],
    ['apart', 'HAR', (s) => ({ cookies: [{ name: 'sid', value: s }] })],
    ['apart', 'forms', (s) => ({ type: 'password', value: s })],
    ['apart', 'a change', (s) => ({ field: 'apiKey', oldValue: s, newValue: 'x' })],
    ['apart', 'value before name', (s) => ({ value: s, name: 'SECRET_KEY' })],
    [
      'entries',
      'Object.entries',
      (s) => [
        ['user', 'bob'],
        ['password', s],
      ],
    ],
    [
      'entries',
      'Object.entries',
      (s) => ({
        headers: [
          ['x-api-key', s],
          ['accept', '*/*'],
        ],
      }),
    ],
    ['entries', 'one pair', (s) => ['clientSecret', s]],
    ['rawHeaders', 'node:http', (s) => ({ rawHeaders: ['Host', 'h', 'X-Api-Key', s, 'Accept', '*/*'] })],
    ['rawHeaders', 'undici', (s) => ({ headers: ['content-type', 'text/plain', 'x-auth-token', s] })],
    ['rawHeaders', 'node:http', (s) => ['Cookie', s]],
    ['key', 'web key', (s) => ({ kty: 'oct', k: s })],
    ['key', 'web key', (s) => ({ kty: 'RSA', n: 'x', e: 'AQAB', d: s })],
  ];
  return shapes.map(([shape, origin, make], index) => {
    const secret = index % 2 === 0 ? maker.password() : maker.made();
    return { kind: 'data', shape, origin, name: `${shape} ${index}`, value: make(secret), secret };
  });
}
