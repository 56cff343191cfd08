import { HEX, Maker, type SecretCase } from './case';
import { casesInTurn } from './cases-in-turn';

/** Command lines as they are in the messages of failed children and in the logs of builds. `§` is where the secret goes. */
const COMMAND_LINES: readonly string[] = [
  '+ sshpass -p § ssh deploy@web1 uptime',
  'Running: docker login -u ci -p § images.example.org',
  'Command failed: mysqldump -uroot -p§ shop',
  'redis-cli -h cache -a § PING',
  'exec: ldapsearch -x -D cn=admin,dc=example -w § -b dc=example',
  'Error: Command failed: mongodump --host db --username root --password § --out /backup',
  'curl -u ci:§ https://files.example/x',
  "curl -H 'Authorization: Bearer §' https://api.example",
  'curl -s -H "X-Api-Key: §" https://api.example',
  'wget --http-password=§ http://h.example/x',
  'PGPASSWORD=§ psql -h db -U cart',
  'MYSQL_PWD=§ mysqldump shop',
  'openssl pkcs12 -in x.p12 -passin pass:§ -nodes',
  'keytool -list -keystore k.jks -storepass §',
  'az login --service-principal -u app -p § --tenant t',
  'aws configure set aws_secret_access_key §',
  'gpg --batch --passphrase § -d x.gpg',
  '7z x -p§ backup.7z',
  'unzip -P § backup.zip',
  'smbclient //srv/share -U bob%§',
  'rclone --webdav-pass § ls remote:',
  'npm config set //npm.example/:_authToken §',
  'helm upgrade cart ./chart --set db.password=§,image.tag=1.2',
  'kubectl create secret generic db --from-literal=password=§',
  'docker run -e POSTGRES_PASSWORD=§ postgres:16',
  'docker service create --env API_KEY=§ cart',
  'ansible-playbook -e "db_password=§" site.yml',
  'sqlcmd -S db -U sa -P § -Q "select 1"',
  'psql "host=db user=cart password=§"',
  'ipmitool -H bmc -U admin -P § power status',
  'mosquitto_pub -h mq -u bob -P § -t x -m y',
  'cqlsh -u cassandra -p § db',
  'influx -username admin -password § -execute "show databases"',
  'java -Djavax.net.ssl.keyStorePassword=§ -jar x.jar',
  'lftp -u bob,§ sftp://h.example',
  'svn co --username bob --password § https://svn.example/x',
  'git clone https://oauth2:§@git.example/x.git',
  'xfreerdp /u:bob /p:§ /v:host',
  'pg_dump --dbname=postgresql://cart:§@db/cart',
  'twine upload -u __token__ -p § dist/x.whl',
  'docker build --build-arg NPM_TOKEN=§ .',
  "terraform apply -var 'db_password=§'",
  'podman login -u bob -p § quay.example',
  'helm registry login -u bob -p § reg.example',
  'oc login --token=§ https://cluster.example',
  'oc login -u dev -p § https://cluster.example',
  's3cmd --access_key=AK --secret_key=§ ls',
  'redis-server --port 6379 --requirepass §',
  'mariadb -u root -p§ -e "select 1"',
  'kafka-configs --add-config "SCRAM-SHA-512=[password=§]" --entity-name bob',
];

const ARGUMENTS: readonly (readonly string[])[] = [
  ['sshpass', '-p', '§', 'ssh', 'web1'],
  ['sshpass', '-p§', 'ssh', 'web1'],
  ['/usr/bin/docker', 'login', '-u', 'ci', '-p', '§', 'r.example'],
  ['docker', 'login', '--username=ci', '--password=§'],
  ['mysqldump', '-uroot', '-p§', 'shop'],
  ['mysqladmin', '-p§', 'status'],
  ['redis-cli', '-a', '§', 'INFO'],
  ['ldapsearch', '-x', '-w', '§'],
  ['ldapadd', '-D', 'cn=admin', '-w', '§', '-f', 'x.ldif'],
  ['mongosh', '-u', 'root', '-p', '§', 'mongodb://db/admin'],
  ['sh', '-c', 'sshpass -p § scp x web1:/srv'],
  ['bash', '-lc', 'export API_TOKEN=§ && node app.js'],
  ['node', 'app.js', '--db-password', '§'],
  ['node', 'app.js', '--api-key=§'],
  ['node', 'app.js', '--redis', 'redis://:§@cache:6379'],
  ['node', 'app.js', '--header', 'X-Auth-Token: §'],
  ['node', 'app.js', '{"db":{"password":"§"}}'],
  ['node', 'app.js', '--db.password', '§'],
  ['node', 'app.js', 'password=§'],
  ['env', 'JWT_SECRET=§', 'node', 'app.js'],
  ['openssl', 'enc', '-aes-256-cbc', '-k', '§', '-in', 'x'],
  ['openssl', 'rsa', '-passin', 'pass:§'],
  ['curl', '--user', 'bob:§', 'https://h.example'],
  ['curl', '-ubob:§', 'https://h.example'],
  ['curl', '--header', 'Cookie: sid=§'],
  ['curl', '-b', 'session=§', 'https://h.example'],
  ['curl', '-d', 'user=bob&password=§', 'https://h.example/login'],
  ['curl', '--oauth2-bearer', '§', 'https://h.example'],
  ['curl', '--proxy-user', 'bob:§', 'https://h.example'],
  ['wget', '--password', '§', 'ftp://h.example'],
  ['ffmpeg', '-i', 'rtsp://admin:§@cam.example/1'],
  ['cloudflared', 'tunnel', 'run', '--token', '§'],
  ['vault', 'kv', 'put', 'secret/db', 'password=§'],
  ['stripe', 'listen', '--api-key', '§'],
  ['restic', '-o', 'x=y', '--password', '§'],
];

const SENTENCES: readonly string[] = [
  'the password is §',
  'Your password is: §',
  'Temporary password: §',
  'New password for bob: §',
  '[Note] A temporary password is generated for root@localhost: §',
  'Generated admin password: §',
  'password set to §',
  'Password for user bob changed to §',
  'Invalid API key: §',
  'invalid token "§"',
  "token '§' is expired",
  'Access token: § (expires in 3600 s)',
  'connecting with password "§"',
  'The secret is §',
  'Your API key is §',
  'Grafana admin password = §',
  'authenticated with token §',
  '"password" with value "§" fails to match the required pattern: /^[a-z]$/',
  'Path `password` (`§`) is shorter than the minimum allowed length (8).',
  'Key (api_token)=(§) already exists.',
  'E11000 duplicate key error collection: shop.users index: token_1 dup key: { token: "§" }',
  'AuthError: login failed for bob, password=§, attempt 3',
  'Invalid value "§" for environment variable API_KEY',
];

const FILES: readonly string[] = [
  'db.example.org:5432:shop:cart:§',
  '*:*:*:postgres:§',
  'localhost:5432:*:cart:§',
  'requirepass §',
  'masterauth §',
  'stats auth admin:§',
  'user admin insecure-password §',
  '<add key="DbPassword" value="§"/>',
  '<property name="password" value="§"/>',
  '<entry key="db.password">§</entry>',
  '<key>Password</key><string>§</string>',
  '<wsse:Password Type="PasswordText">§</wsse:Password>',
  'variable "db_password" { default = "§" }',
  'kind: Secret\nstringData:\n  password: §\n',
  'users:\n- name: admin\n  user:\n    token: §\n',
  'environment:\n  - POSTGRES_PASSWORD=§\n  - PORT=80',
  'environment:\n  POSTGRES_PASSWORD: §\n  PORT: 80',
  'export const config = {"apiKey":"§"}',
  'sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required username="bob" password="§";',
  'db { user = "cart", password = "§" }',
  '[client]\nuser=root\npassword=§\n',
  '[default]\naws_access_key_id = AK\naws_secret_access_key = §',
  'network={\n ssid="x"\n psk="§"\n}',
  '$db["default"]["password"] = "§";',
  "define('DB_PASSWORD', '§');",
  "process.env.API_KEY = '§'",
  'smtp_sasl_password_maps = static:bob:§',
  "SET PASSWORD FOR 'bob'@'%' = '§'",
  "CHANGE MASTER TO MASTER_HOST='db', MASTER_PASSWORD='§'",
  "CREATE USER bob IDENTIFIED WITH mysql_native_password BY '§'",
  "update users set password = '§' where id = 1",
  "SELECT * FROM users WHERE api_key = '§' LIMIT 1",
];

const WIRE: readonly string[] = [
  'AWS4-HMAC-SHA256 Credential=AK/20240101/eu/s3/aws4_request, SignedHeaders=host, Signature=§',
  'OAuth oauth_consumer_key="ck", oauth_nonce="1", oauth_signature="§"',
  'GET / HTTP/1.1\r\nHost: x\r\nCookie: theme=dark; sid=§\r\n\r\n',
  'Set-Cookie: __Host-session=§; Path=/; HttpOnly',
  '> Authorization: Basic §',
  'Authorization: ApiKey §',
  'Authorization: Token §',
  'Authorization: Token token="§", email="bob"',
  'authorization: GenieKey §',
  'PRIVATE-TOKEN: §',
  'X-Vault-Token: §',
  'Ocp-Apim-Subscription-Key: §',
  'DD-API-KEY: §\r\nDD-APPLICATION-KEY: x',
  'x-functions-key: §',
  '"GET /reset?reset_token=§ HTTP/1.1" 200 12',
  'C: AUTH PLAIN §',
  'level=info msg=login user=bob password=§ ms=3',
  '{"level":30,"req":{"headers":{"authorization":"Bearer §","host":"x"}},"msg":"in"}',
  "{ user: 'bob', password: '§' }",
  "Map(1) { 'password' => '§' }",
  "[ [ 'password', '§' ], [ 'user', 'bob' ] ]",
  "URLSearchParams { 'token' => '§' }",
  "rawHeaders: [ 'Host', 'x', 'X-Api-Key', '§' ]",
  "ReplyError: WRONGPASS { command: { name: 'AUTH', args: [ '§' ] } }",
  "spawnargs: [ '-u', 'root', '--password', '§' ]",
  '{"name":"DB_PASSWORD","value":"§"}',
  "{ name: 'API_TOKEN', value: '§' }",
  '- name: DB_PASSWORD\n  value: §\n',
  'https://bob:§@proxy.example:3128 refused',
  'postgres://cart:§@db.example/cart?sslmode=require timed out',
];

/** Their values are hashes. */
const HASHED: readonly string[] = [
  'Authorization: Digest username="bob", realm="x", nonce="1", uri="/", response="§"',
  'Digest username="bob", realm="x", uri="/", qop=auth, nc=00000001, response="§"',
  'Hawk id="x", ts="1353832234", nonce="j4h3g2", mac="§"',
];

const NAMES: readonly string[] = `
  MONGO_INITDB_ROOT_PASSWORD NEXTAUTH_SECRET AUTH_SECRET JWT_PRIVATE_KEY HASHIDS_SALT STRIPE_WEBHOOK_SECRET CLERK_SECRET_KEY
  TWILIO_AUTH_TOKEN SENDGRID_API_KEY ALGOLIA_ADMIN_KEY CLOUDFLARE_API_TOKEN RECAPTCHA_SECRET FACEBOOK_APP_SECRET
  DATADOG_APP_KEY RAILS_MASTER_KEY SECRET_TOKEN VAULT_UNSEAL_KEY COSIGN_PASSWORD GPG_PASSPHRASE SMTP_PASS EMAIL_PASS DB_PASS
  REDIS_AUTH WIREGUARD_PRIVATE_KEY PRESHARED_KEY LDAP_BIND_PW RADIUS_SECRET KEYSTORE_PASS P12_PASS _authToken _password
  VAPID_PRIVATE_KEY AES_KEY aesKey CRYPTO_KEY FERNET_KEY cipherKey decryptionKey JWT_KEY jwtKey COOKIE_KEY hashSalt
  X-Shopify-Access-Token X-Goog-Api-Key authenticationToken securityToken bindCredentials tokenSecret oauth_token_secret
  requirepass masterauth sasl_password ssl_key_password unlockCode accountPassword idpSecret hmac_secret apiSecret api_secret
  API_PASSWORD apitoken secretkey dbPwd rootpw encKey webhookToken registryPassword basic_auth_password
`
  .trim()
  .split(/\s+/);

/** Names and values that are separate entries. */
const DATA: readonly (readonly [string, (secret: string) => unknown])[] = [
  ['SSM', (s) => ({ Name: '/prod/db/password', Type: 'SecureString', Value: s })],
  ['1Password', (s) => ({ fields: [{ id: 'f', label: 'password', type: 'CONCEALED', value: s }] })],
  ['HAR', (s) => ({ headers: [{ name: 'Cookie', value: `sid=${s}` }] })],
  ['Postman', (s) => ({ auth: { bearer: [{ key: 'token', value: s, type: 'string' }] } })],
  ['Azure', (s) => [{ name: 'Db__Password', slotSetting: false, value: s }]],
  ['Vercel', (s) => ({ envs: [{ type: 'encrypted', key: 'API_SECRET', value: s, target: ['production'] }] })],
  ['docker inspect', (s) => ({ Config: { Env: ['PATH=/bin', `DB_PASSWORD=${s}`] } })],
  ['Kubernetes', (s) => ({ containers: [{ args: ['--port', '80', '--password', s] }] })],
  ['Compose', (s) => ({ command: ['redis-server', '--requirepass', s] })],
  ['child process', (s) => ({ path: 'sshpass', spawnargs: ['-p', s, 'ssh', 'web1'] })],
  ['child process', (s) => ({ cmd: `mysqldump -uroot -p${s} shop`, code: 2 })],
  ['ioredis', (s) => ({ command: { name: 'auth', args: ['default', s] } })],
  ['express-validator', (s) => ({ type: 'field', value: s, msg: 'Invalid value', path: 'password' })],
  ['class-validator', (s) => ({ property: 'password', value: s, constraints: {} })],
  ['nodemailer', (s) => ({ auth: { user: 'bob', pass: s } })],
  ['kafkajs', (s) => ({ sasl: { mechanism: 'plain', username: 'bob', password: s } })],
  ['mssql', (s) => ({ authentication: { type: 'default', options: { userName: 'sa', password: s } } })],
  ['knex', (s) => ({ client: 'pg', connection: { host: 'db', user: 'cart', password: s } })],
  ['knex', (s) => ({ client: 'pg', connection: `postgres://cart:${s}@db/cart` })],
  ['Docker', (s) => ({ auths: { 'r.example': { auth: s } } })],
  ['Terraform', (s) => ({ resources: [{ instances: [{ attributes: { master_password: s } }] }] })],
  [
    'entries',
    (s) => [
      ['host', 'db'],
      ['authorization', `Bearer ${s}`],
    ],
  ],
  ['Map', (s) => new Map([['apiToken', s]])],
  ['keys of clients', (s) => ({ apiKeys: { shop: s, cart: s } })],
  ['HTTP', (s) => ({ headers: { cookie: `a=1; sid=${s}` } })],
  ['HTTP', (s) => ({ headers: { 'x-amz-security-token': s } })],
  ['JWK', (s) => ({ kty: 'oct', k: s })],
  ['users', (s) => ({ users: { bob: { password: s, roles: ['a'] } } })],
  ['basic auth', (s) => ({ basicAuth: { users: { admin: s } } })],
  ['session', (s) => ({ session: { name: 'sid', secret: [s, 'x'] } })],
];

/** Secrets in command lines, messages, files and logs. */
export function secretsInCommandsAndLogs(maker: Maker): SecretCase[] {
  const make = casesInTurn([
    () => maker.password(),
    () => maker.made(),
    () => maker.signs(),
    () => maker.pick(HEX, 32),
    () => `${maker.pick('KMPRST', 1)}${maker.pick('aeiourstn', 6)}${maker.pick('123456789', 2)}`,
  ]);
  const texts = (origin: string, all: readonly string[]): SecretCase[] =>
    all.map((text) => make('text', origin, text, (secret) => text.replaceAll('§', () => secret)));
  return [
    ...texts('command line', COMMAND_LINES),
    ...texts('message', SENTENCES),
    ...texts('file', FILES),
    ...texts('wire and log', WIRE),
    ...HASHED.map((name): SecretCase => {
      const secret = maker.pick(HEX, 32);
      return {
        kind: 'text',
        shape: 'hash',
        origin: 'wire and log',
        name,
        value: name.replaceAll('§', secret),
        secret,
      };
    }),
    ...ARGUMENTS.map((all) =>
      make('arguments', 'arguments', all.join(' '), (secret) =>
        all.map((word) => word.replaceAll('§', () => secret)),
      ),
    ),
    ...NAMES.map((name) => make('named', 'configuration', name, (secret) => secret)),
    ...DATA.map(([origin, fill]) => make('data', origin, origin, fill)),
  ];
}
