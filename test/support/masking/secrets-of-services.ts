import { HEX, Maker, type SecretCase } from './case';
import { casesInTurn } from './cases-in-turn';

/** Settings of self-hosted services and of libraries, by their real names. */
const SETTINGS: readonly string[] = `
  SECRET_KEY_BASE OTP_SECRET VAPID_PRIVATE_KEY SMTP_PASSWORD N8N_ENCRYPTION_KEY N8N_BASIC_AUTH_PASSWORD
  N8N_USER_MANAGEMENT_JWT_SECRET APP_KEYS API_TOKEN_SALT ADMIN_JWT_SECRET TRANSFER_TOKEN_SALT database__connection__password
  mail__options__auth__pass DIRECTUS_SECRET KEYCLOAK_ADMIN_PASSWORD KC_DB_PASSWORD GITEA__database__PASSWD
  GITEA__security__INTERNAL_TOKEN POSTGRES_PASSWORD UTILS_SECRET SECRET_KEY TOTP_VAULT_KEY LOGFLARE_API_KEY ANON_KEY
  SERVICE_ROLE_KEY DASHBOARD_PASSWORD CALENDSO_ENCRYPTION_KEY GOOGLE_CLIENT_SECRET RAILS_INBOUND_EMAIL_PASSWORD
  GF_SECURITY_ADMIN_PASSWORD GF_SECURITY_SECRET_KEY MINIO_ROOT_PASSWORD MINIO_SECRET_KEY RABBITMQ_DEFAULT_PASS
  RABBITMQ_ERLANG_COOKIE ELASTIC_PASSWORD COUCHDB_PASSWORD COUCHDB_SECRET INFLUXDB_ADMIN_TOKEN
  DOCKER_INFLUXDB_INIT_ADMIN_TOKEN CLICKHOUSE_PASSWORD NEO4J_AUTH ARANGO_ROOT_PASSWORD MEILI_MASTER_KEY TYPESENSE_API_KEY
  SONAR_TOKEN SONAR_JDBC_PASSWORD PAYPAL_CLIENT_SECRET ADYEN_API_KEY ADYEN_HMAC_KEY MOLLIE_API_KEY KLARNA_SECRET
  PLAID_SECRET MAPBOX_ACCESS_TOKEN SEGMENT_WRITE_KEY AMPLITUDE_API_KEY MIXPANEL_TOKEN INTERCOM_ACCESS_TOKEN HUBSPOT_API_KEY
  ZENDESK_API_TOKEN JIRA_API_TOKEN OPSGENIE_API_KEY PAGERDUTY_TOKEN LAUNCHDARKLY_SDK_KEY CONTENTFUL_MANAGEMENT_TOKEN
  SANITY_API_TOKEN PUSHER_APP_SECRET ABLY_API_KEY PUBNUB_SECRET_KEY ONESIGNAL_REST_API_KEY FCM_SERVER_KEY APNS_AUTH_KEY
  CLOUDINARY_API_SECRET IMAGEKIT_PRIVATE_KEY UPLOADCARE_SECRET_KEY B2_APPLICATION_KEY R2_SECRET_ACCESS_KEY
  SPACES_SECRET HETZNER_TOKEN LINODE_TOKEN VULTR_API_KEY NETLIFY_AUTH_TOKEN VERCEL_TOKEN RENDER_API_KEY TURBO_TOKEN NX_CLOUD_AUTH_TOKEN
  CODECOV_TOKEN COVERALLS_REPO_TOKEN PERCY_TOKEN CHROMATIC_PROJECT_TOKEN SAUCE_ACCESS_KEY BROWSERSTACK_ACCESS_KEY
  WEB3_PRIVATE_KEY ETHERSCAN_API_KEY INFURA_PROJECT_SECRET DEPLOYER_MNEMONIC
  sessionSecret cookieKeys jwtRefreshSecret refreshTokenSecret accessTokenSecret hmacSha256Key csrfSecret resetPasswordSecret
  mongoPassword pgPassword redisPassword mqttPassword ftpPassword sshPassphrase imapPass proxyPassword keystorePassword
  certPassphrase pfxPassword dbUserPw rootPw adminPw X-Api-Token X-Access-Token X-Auth-Key X-Client-Secret x-webhook-token
`
  .trim()
  .split(/\s+/);

/** `§` is where the secret goes. */
const LOGS: readonly string[] = [
  '  + password              = "§"',
  '  ~ master_password = "old" -> "§"',
  'fatal: [web1]: FAILED! => {"changed": false, "invocation": {"module_args": {"login_password": "§"}}}',
  "TASK [db] item={'name': 'cart', 'password': '§'}",
  'helm get values cart\nUSER-SUPPLIED VALUES:\npostgresql:\n  auth:\n    postgresPassword: §\n  enabled: true',
  '    Environment:\n      DB_HOST:      db\n      DB_PASSWORD:  §\n',
  '+ curl -fsS -u jenkins:§ -X POST https://ci.example/job/x/build',
  '[Pipeline] withEnv [NEXUS_PASSWORD=§]',
  'type=EXECVE msg=audit(1): argc=4 a0="mysql" a1="-uroot" a2="-p§" a3="shop"',
  'root  812  0.0  0.1 mysqldump --single-transaction -h db -uroot -p§ shop',
  'Nov 29 12:00:00 web1 CRON[77]: (root) CMD (/usr/bin/restic backup --password §)',
  'Nov 29 12:00:00 web1 sudo: bob : COMMAND=/usr/bin/sshpass -p § ssh web2',
  'ps: 41 node server.js --jwt-secret § --port 80',
  'error: connect ECONNREFUSED redis://default:§@10.0.0.3:6379/0',
  'Error: getaddrinfo ENOTFOUND for https://api:§@hooks.internal.example/v1',
  'PrismaClientInitializationError: invalid port in postgresql://cart:§@db:54x2/cart',
  'MongoParseError: mongodb+srv://app:§@cluster0.x.example/test?retryWrites=true has no TXT record',
  'amqplib: Channel closed: amqp://guest:§@rabbit:5672',
  'POST /login body={"email":"ann@x.example","password":"§"} 401 12ms',
  'POST /login email=ann%40x.example&password=§&remember=1',
  '10.0.0.1 - - [29/Nov/2026:12:00:00 +0000] "GET /api?access_token=§&x=1 HTTP/1.1" 200 5',
  'GET /files/x.pdf?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Signature=§ 403',
  "AxiosError: Request failed { config: { headers: { Authorization: 'Bearer §' } } }",
  "AxiosError: { auth: { username: 'bob', password: '§' }, url: '/x' }",
  "HTTPError: { options: { username: 'bob', password: '§' } }",
  "Headers { 'x-api-key': '§', host: 'x' }",
  'header "X-Gitlab-Token: §" rejected',
  'authorization header was "Bearer §"',
  'sent Authorization=Bearer §',
  'cookie jar: connect.sid=§; Domain=x.example; Path=/',
  'set-cookie: [ "refresh_token=§; HttpOnly; Secure" ]',
  'Login with bob and password §',
  'Initial admin password: §',
  'Created user admin with password §',
  'Default credentials: admin / password §',
  'Root password is now §',
  'Password reset to §',
  'Your one-time password is §',
  'Your verification code is: §',
  'Using API key § for region eu',
  'API key "§" is not valid for this project',
  'Incorrect API key provided: §',
  "Token '§' was not found",
  'Client secret: §',
  'client_secret=§ grant_type=client_credentials',
  'webhook secret is "§"',
  'Passphrase for key: §',
  "[config] jwt.secret -> '§'",
  "DEBUG settings={'SECRET_KEY': '§', 'DEBUG': True}",
  'DATABASES = {"default": {"USER": "cart", "PASSWORD": "§"}}',
  'Config(user=cart, password=§, pool=10)',
  'Connection{host=db, password=§}',
  '<Credentials user="bob" password="§"/>',
  '<connectionStrings><add name="Main" connectionString="Server=db;User Id=sa;Password=§;"/></connectionStrings>',
  '<setting name="ApiKey"><value>§</value></setting>',
  '<property><name>fs.s3a.secret.key</name><value>§</value></property>',
  '<server><id>nexus</id><username>ci</username><password>§</password></server>',
  'spring.datasource.url=jdbc:postgresql://db/cart?user=cart&password=§',
  'spring.mail.password=§',
  'quarkus.datasource.password=§',
  'management.metrics.export.datadog.api-key=§',
  'auth_basic "Restricted"; proxy_set_header Authorization "Basic §";',
  "primary_conninfo = 'host=db1 user=repl password=§'",
  '//npm.pkg.example/:_authToken=§',
  'always-auth=true\n_auth=§',
  'machine api.heroku.com\n  login ann@x.example\n  password §',
  '[auth]\npassword = §\n[log]\nlevel = info',
  '"github-oauth": {\n  "github.com": "§"\n}',
  'password: "§" # rotated in May',
  'password: §   # do not commit',
  'PASSWORD=§ # prod',
  "export DB_PASSWORD='§'; node server.js",
  'set DB_PASSWORD=§&& node server.js',
  '$env:DB_PASSWORD="§"; node server.js',
  'ENV API_KEY §',
  'ARG NPM_TOKEN=§',
  '- --from-literal=api-key=§',
  '{"Key":"config/db/password","Value":"§"}',
  '{"ParameterKey":"DbPassword","ParameterValue":"§"}',
  "{ key: 'x-api-key', value: '§', enabled: true }",
  '[["authorization","Bearer §"],["accept","*/*"]]',
  'env: [ "PATH=/bin", "REDIS_PASSWORD=§" ]',
  'password=§,user=bob',
  'user:bob password:§ host:db',
  'user=bob,password=§;timeout=3',
  'db.password -> §',
  'password => §',
  'token → §',
  'apiKey: `§`',
  "msg='login failed' user='bob' pass='§'",
  'INFO auth {:user "bob" :password "§"}',
  "INSERT INTO users SET name='bob', password='§'",
  "ALTER USER 'cart'@'%' IDENTIFIED BY '§'",
  "CREATE USER cart WITH LOGIN PASSWORD '§'",
  "SELECT dblink_connect('host=db user=cart password=§')",
  'AUTH default §',
  'CONFIG SET requirepass §',
  "proxy: { host: 'p', auth: 'bob:§' }",
  'socks5://bob:§@127.0.0.1:1080',
  'smtp://apikey:§@smtp.sendgrid.example:587',
  'rtsp://admin:§@10.0.0.9:554/stream',
  'sftp://deploy:§@files.example/in',
  'https://x-access-token:§@github.example/org/repo.git',
  'svn+ssh://bob:§@svn.example/repo',
  'clickhouse://default:§@ch:9000/logs',
  'mssql://sa:§@db:1433/cart?encrypt=true',
  'ldap://cn=admin:§@ldap.example',
];

const DATA: readonly (readonly [string, (secret: string) => unknown])[] = [
  [
    'Knex',
    (s) => ({ connection: { host: 'db', user: 'x', password: s, ssl: { rejectUnauthorized: false } } }),
  ],
  ['Sequelize', (s) => ({ options: { replication: { read: [{ host: 'a', password: s }] } } })],
  ['TypeORM', (s) => ({ type: 'postgres', url: `postgres://u:${s}@db/x`, synchronize: false })],
  ['Mongoose', (s) => ({ options: { user: 'x', pass: s, authSource: 'admin' } })],
  ['ioredis', (s) => ({ redisOptions: { host: 'h', password: s, tls: {} } })],
  ['bull', (s) => ({ queues: [{ redis: { port: 6379, password: s } }] })],
  ['passport', (s) => ({ google: { clientID: 'x', clientSecret: s, callbackURL: '/cb' } })],
  ['next-auth', (s) => ({ providers: [{ id: 'github', clientId: 'x', clientSecret: s }], secret: 'y' })],
  ['express-session', (s) => ({ secret: s, name: 'sid', cookie: { maxAge: 1 } })],
  ['jsonwebtoken', (s) => ({ jwt: { secret: s, expiresIn: '1h' } })],
  ['aws', (s) => ({ credentials: { accessKeyId: 'x', secretAccessKey: s, sessionToken: 'y' } })],
  ['azure', (s) => ({ tenantId: 't', clientId: 'c', clientSecret: s })],
  ['stripe', (s) => ({ stripe: { publishableKey: 'x', secretKey: s, webhookSecret: 'y' } })],
  ['twilio', (s) => ({ accountSid: 'AC', authToken: s })],
  ['nodemailer', (s) => ({ transport: `smtps://u:${s}@smtp.example` })],
  ['ssh2', (s) => ({ host: 'h', username: 'u', passphrase: s, privateKey: '/k' })],
  ['ldapjs', (s) => ({ bindDN: 'cn=x', bindCredentials: s })],
  ['mqtt', (s) => ({ clientId: 'x', username: 'u', password: s, will: null })],
  ['elastic', (s) => ({ node: 'https://e', auth: { apiKey: { id: 'x', api_key: s } } })],
  ['kafka', (s) => ({ sasl: { mechanism: 'scram-sha-256', username: 'u', password: s }, ssl: true })],
  ['consul', (s) => ({ consul: { defaults: { token: s } } })],
  ['pubnub', (s) => ({ publishKey: 'x', subscribeKey: 'y', secretKey: s })],
  ['tls', (s) => ({ https: { pfx: '/x.p12', passphrase: s } })],
  ['headers', (s) => ({ defaults: { headers: { common: { Authorization: `Bearer ${s}` } } } })],
  ['proxy', (s) => ({ proxy: { protocol: 'http', host: 'p', auth: { username: 'u', password: s } } })],
  ['graphql', (s) => ({ variables: { input: { email: 'a@x', password: s } } })],
  ['webhooks', (s) => ({ webhooks: [{ url: 'https://x', secret: s, events: ['push'] }] })],
  ['feature flags', (s) => ({ launchdarkly: { sdkKey: s } })],
  [
    'Kubernetes',
    (s) => ({
      spec: {
        containers: [
          {
            env: [
              { name: 'PORT', value: '1' },
              { name: 'JWT_SECRET', value: s },
            ],
          },
        ],
      },
    }),
  ],
  ['ECS', (s) => ({ containerDefinitions: [{ environment: [{ value: s, name: 'DB_PASSWORD' }] }] })],
  ['Docker', (s) => ({ Env: [`MYSQL_ROOT_PASSWORD=${s}`], Cmd: ['mysqld'] })],
  ['PM2', (s) => ({ apps: [{ name: 'a', args: `--token ${s}`, env: { PORT: 1 } }] })],
  ['PM2', (s) => ({ apps: [{ script: 'a.js', args: ['--api-key', s] }] })],
  ['cron', (s) => ({ jobs: [{ command: `PGPASSWORD=${s} pg_dump cart` }] })],
  ['systemd', (s) => ({ Environment: `NODE_ENV=production API_KEY=${s}` })],
  ['tokens', (s) => ({ tokens: [{ user: 'bob', token: s }] })],
  ['pool', (s) => ({ pools: { main: { connectionString: `Server=db;Uid=u;Pwd=${s}` } } })],
  ['list', (s) => ({ users: [['bob', { password: s }]] })],
  ['Map', (s) => [...new Map([['secret', s]])]],
  ['errors', (s) => ({ errors: [{ param: 'password', value: s, msg: 'too short' }] })],
  ['zod', (s) => ({ issues: [{ path: ['password'], received: 'string' }], input: { password: s } })],
];

const ARGUMENTS: readonly (readonly string[])[] = [
  ['node', 'server.js', '--jwt-secret', '§'],
  ['node', 'server.js', '--jwtSecret=§'],
  ['node', 'server.js', '--redis-url=redis://:§@cache:6379'],
  ['node', '--require', './x.js', 'server.js', 'API_KEY=§'],
  ['mysql', '--user=root', '--password=§', '-e', 'select 1'],
  ['mariadb-dump', '-h', 'db', '-p§', '--all-databases'],
  ['psql', 'postgres://cart:§@db/cart', '-c', 'select 1'],
  ['redis-cli', '-u', 'redis://:§@cache:6379', 'PING'],
  ['redis-cli', '--pass', '§', '--no-auth-warning'],
  ['valkey-cli', '-a', '§'],
  ['mongorestore', '--uri', 'mongodb://u:§@h/d'],
  ['sqlcmd', '-S', 'db', '-U', 'sa', '-P', '§'],
  ['curl', '-u', 'ci:§', 'https://x.example'],
  ['curl', '-H', 'PRIVATE-TOKEN: §', 'https://x.example'],
  ['curl', 'https://x.example/?apikey=§'],
  ['wget', '--header=Authorization: Bearer §', 'https://x.example'],
  ['ssh', '-o', 'ProxyCommand=sshpass -p § ssh -W %h:%p jump', 'web1'],
  ['bash', '-c', 'mysql -uroot -p§ -e "select 1"'],
  ['sh', '-c', 'echo ok; docker login -u ci -p § r.example && docker push r.example/x'],
  ['docker', 'run', '--rm', '-e', 'TOKEN=§', 'x'],
  ['docker', 'run', '--env=DB_PASS=§', 'x'],
  ['npm', 'publish', '--//npm.example/:_authToken=§'],
  ['npm', 'publish', '--otp=§'],
  ['az', 'login', '-u', 'x', '-p', '§'],
  ['aws', 'configure', 'set', 'aws_secret_access_key', '§'],
  ['kubectl', '--token=§', 'get', 'pods'],
  ['kubectl', 'create', 'secret', 'generic', 'x', '--from-literal=token=§'],
  ['gh', 'auth', 'login', '--with-token', '§'],
  ['snmpwalk', '-v2c', '-c', '§', '10.0.0.1'],
  ['mosquitto_sub', '-u', 'x', '-P', '§', '-t', '#'],
  ['smbclient', '//s/x', '-U', 'bob%§'],
  ['openssl', 'pkcs12', '-export', '-passout', 'pass:§'],
  ['java', '-Ddb.password=§', '-jar', 'x.jar'],
  ['java', '-jar', 'x.jar', '--spring.datasource.password=§'],
  ['dotnet', 'x.dll', '--ConnectionStrings:Main=Server=db;Password=§'],
  ['php', 'artisan', 'x', '--password=§'],
  ['rails', 'runner', "User.create(password: '§')"],
  ['python', '-c', 'import os; os.environ["API_KEY"] = "§"'],
  ['certutil', '-p', 'x', '-password', '§'],
  ['cloudflared', 'tunnel', '--token=§', 'run'],
];

/** Secrets of well-known services, as they configure, start and log. */
export function secretsOfServices(maker: Maker): SecretCase[] {
  const make = casesInTurn([
    () => maker.made(),
    () => `${maker.pick('KMPRST', 1)}${maker.pick('aeiourstn', 6)}${maker.pick('123456789', 2)}`,
    () => maker.pick(HEX, 40),
    () => maker.password(),
    () => maker.signs(),
    () => maker.uuid(),
  ]);
  return [
    ...SETTINGS.map((name) => make('named', 'settings', name, (secret) => secret)),
    ...LOGS.map((text) =>
      make('text', 'logs and files', text, (secret) => text.replaceAll('§', () => secret)),
    ),
    ...DATA.map(([origin, fill]) => make('data', origin, origin, fill)),
    ...ARGUMENTS.map((all) =>
      make('arguments', 'arguments', all.join(' '), (secret) =>
        all.map((word) => word.replaceAll('§', () => secret)),
      ),
    ),
  ];
}
