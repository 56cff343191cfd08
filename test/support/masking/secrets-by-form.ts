import { ALNUM, CAPITALS, HEX, Maker, type SecretCase, URL_SAFE, joined } from './case';

/** Prefix (in parts), letters and length, as the issuers publish them. */
const ISSUED: readonly (readonly [string, readonly string[], string, number])[] = [
  ['AWS', ['AK', 'IA'], `${CAPITALS}234567`, 16],
  ['AWS', ['AS', 'IA'], `${CAPITALS}234567`, 16],
  ['Google', ['AI', 'za'], URL_SAFE, 35],
  ['Google', ['ya', '29.'], URL_SAFE, 60],
  ['Google', ['GOC', 'SPX-'], URL_SAFE, 28],
  ['GitHub', ['gh', 'p_'], ALNUM, 36],
  ['GitHub', ['gh', 'o_'], ALNUM, 36],
  ['GitHub', ['gh', 's_'], ALNUM, 36],
  ['GitHub', ['github_', 'pat_'], `${ALNUM}_`, 82],
  ['GitLab', ['gl', 'pat-'], URL_SAFE, 20],
  ['GitLab', ['gl', 'rt-'], URL_SAFE, 20],
  ['GitLab', ['GR13', '48941'], URL_SAFE, 20],
  ['CircleCI', ['CCI', 'PAT_'], ALNUM, 44],
  ['Bitbucket', ['AT', 'BB'], ALNUM, 32],
  ['Atlassian', ['ATA', 'TT3'], ALNUM, 180],
  ['npm', ['np', 'm_'], ALNUM, 36],
  ['PyPI', ['py', 'pi-AgEIcHlwaS5vcmc'], URL_SAFE, 70],
  ['RubyGems', ['ruby', 'gems_'], HEX, 48],
  ['Docker', ['dckr_', 'pat_'], URL_SAFE, 27],
  ['Slack', ['xo', 'xb-1234567890-'], ALNUM, 24],
  ['Slack', ['xa', 'pp-1-'], ALNUM, 60],
  ['Stripe', ['sk_', 'live_'], ALNUM, 24],
  ['Stripe', ['rk_', 'test_'], ALNUM, 24],
  ['Stripe', ['wh', 'sec_'], ALNUM, 32],
  ['Square', ['sq0', 'atp-'], URL_SAFE, 22],
  ['Square', ['EA', 'AA'], URL_SAFE, 60],
  ['Braintree', ['access_token$', 'production$'], `${ALNUM}$`, 49],
  ['Shopify', ['shp', 'at_'], HEX, 32],
  ['Anthropic', ['sk-', 'ant-api03-'], URL_SAFE, 90],
  ['OpenAI', ['sk-', 'proj-'], URL_SAFE, 48],
  ['OpenAI', ['sk', '-'], ALNUM, 48],
  ['xAI', ['xa', 'i-'], ALNUM, 80],
  ['Groq', ['gs', 'k_'], ALNUM, 52],
  ['Hugging Face', ['h', 'f_'], ALNUM, 34],
  ['Replicate', ['r', '8_'], ALNUM, 37],
  ['Perplexity', ['ppl', 'x-'], ALNUM, 48],
  ['Vault', ['hv', 's.'], URL_SAFE, 95],
  ['Doppler', ['dp.', 'pt.'], ALNUM, 43],
  ['Doppler', ['dp.', 'ct.'], ALNUM, 43],
  ['1Password', ['op', 's_eyJ'], ALNUM, 260],
  ['PlanetScale', ['pscale_', 'pw_'], URL_SAFE, 43],
  ['Supabase', ['sb_', 'secret_'], URL_SAFE, 31],
  ['Fly', ['fo', '1_'], URL_SAFE, 43],
  ['DigitalOcean', ['dop', '_v1_'], HEX, 64],
  ['Heroku', ['HRKU', '-AA'], URL_SAFE, 58],
  ['Databricks', ['da', 'pi'], HEX, 32],
  ['SendGrid', ['S', 'G.'], URL_SAFE, 22],
  ['Mailgun', ['key', '-'], HEX, 32],
  ['Twilio', ['S', 'K'], HEX, 32],
  ['Brevo', ['xkey', 'sib-'], HEX, 64],
  ['Postman', ['PM', 'AK-'], HEX, 24],
  ['New Relic', ['NR', 'AK-'], CAPITALS, 27],
  ['Grafana', ['gl', 'sa_'], ALNUM, 32],
  ['Sentry', ['sn', 'tryu_'], HEX, 64],
  ['Linear', ['lin_', 'api_'], ALNUM, 40],
  ['Figma', ['fi', 'gd_'], URL_SAFE, 40],
  ['Notion', ['nt', 'n_'], ALNUM, 46],
  ['Tailscale', ['ts', 'key-auth-'], ALNUM, 24],
  ['Pulumi', ['pu', 'l-'], HEX, 40],
  ['age', ['AGE-SECRET-', 'KEY-1'], CAPITALS, 58],
  ['Alibaba', ['LT', 'AI'], ALNUM, 20],
  ['EasyPost', ['EZ', 'AK'], ALNUM, 54],
  ['bcrypt', ['$2', 'b$12$'], `${ALNUM}./`, 53],
  ['Argon2', ['$argon2', 'id$v=19$m=65536,t=3,p=4$'], ALNUM, 60],
  ['crypt', ['$', '6$'], `${ALNUM}./`, 60],
  ['Django', ['pbkdf2_', 'sha256$260000$'], ALNUM, 60],
  ['LDAP', ['{SS', 'HA}'], ALNUM, 32],
];

export function secretsByForm(maker: Maker): SecretCase[] {
  const make = (origin: string, secret: string, text: string): SecretCase => ({
    kind: 'text',
    shape: 'form',
    origin,
    name: origin,
    value: text,
    secret,
  });
  const issued = ISSUED.map(([origin, prefix, letters, length], index) => {
    const token = joined(...prefix) + maker.pick(letters, length);
    return make(
      origin,
      token,
      [token, `job 7 failed with "${token}" in it`, `GET /x/${token}/y 401`][index % 3] ?? token,
    );
  });
  const shaped = SHAPED.map(([origin, shape]) => {
    const token = shape(maker);
    return make(origin, token, `using ${token}`);
  });
  return [...issued, ...shaped, ...keys(maker), ...encoded(maker)];
}

const SHAPED: readonly (readonly [string, (maker: Maker) => string])[] = [
  [
    'JWT',
    (m) =>
      [m.base64('{"alg":"HS256","typ":"JWT"}'), m.base64('{"sub":"12345"}'), m.pick(URL_SAFE, 43)]
        .join('.')
        .replaceAll('=', ''),
  ],
  ['Telegram', (m) => `${m.pick('123456789', 9)}:AA${m.pick(URL_SAFE, 33)}`],
  ['Telegram', (m) => `https://api.telegram.org/bot${m.pick('123456789', 9)}:AA${m.pick(URL_SAFE, 33)}`],
  ['Discord', (m) => `M${m.pick(ALNUM, 23)}.${m.pick(ALNUM, 6)}.${m.pick(ALNUM, 27)}`],
  ['Azure', (m) => `${m.pick(ALNUM, 3)}8${joined('Q', '~')}${m.pick(ALNUM, 34)}`],
  ['Terraform', (m) => `${m.pick(ALNUM, 14)}.${joined('atlas', 'v1')}.${m.pick(ALNUM, 67)}`],
  ['Mailchimp', (m) => `${m.pick(HEX, 32)}-us21`],
  ['Airtable', (m) => `pat${m.pick(ALNUM, 14)}.${m.pick(HEX, 64)}`],
  ['Facebook', (m) => `${m.pick('123456789', 15)}|${m.pick(ALNUM, 27)}`],
];

function keys(maker: Maker): SecretCase[] {
  const label = joined('PRIV', 'ATE KEY');
  const texts: readonly (readonly [string, (body: string) => string])[] = [
    ['PEM', (body) => `-----BEGIN ${label}-----\n${body}\n-----END ${label}-----\n`],
    ['PEM', (body) => `-----BEGIN RSA ${label}-----\n${body}\n-----END RSA ${label}-----`],
    ['PEM, cut', (body) => `-----BEGIN OPENSSH ${label}-----\n${body}`],
    ['PEM, escaped', (body) => `-----BEGIN EC ${label}-----\\n${body}\\n-----END EC ${label}-----`],
    ['PGP', (body) => `-----BEGIN PGP ${label} BLOCK-----\n\n${body}\n-----END PGP ${label} BLOCK-----`],
    [
      'SSH2',
      (body) => `---- BEGIN SSH2 ENCRYPTED ${label} ----\n${body}\n---- END SSH2 ENCRYPTED ${label} ----`,
    ],
    ['PuTTY', (body) => `PuTTY-User-Key-File-3: ssh-rsa\nPrivate-Lines: 1\n${body}\nPrivate-MAC: 00`],
  ];
  return texts.map(([origin, text]): SecretCase => {
    const secret = maker.base64(maker.pick(ALNUM, 45));
    return { kind: 'text', shape: 'private key', origin, name: origin, value: text(secret), secret };
  });
}

function encoded(maker: Maker): SecretCase[] {
  const documents: readonly (readonly [string, unknown])[] = [
    ['Google service account', { type: 'service_account', private_key: maker.password() }],
    ['Docker configuration', { auths: { 'r.example': { auth: maker.password() } } }],
    ['configuration', { user: 'u', password: maker.password() }],
  ];
  return documents.map(([origin, document]): SecretCase => {
    const secret = maker.base64(document);
    return {
      kind: 'text',
      shape: 'base64 of JSON',
      origin,
      name: origin,
      value: secret,
      secret: secret.slice(0, 40),
    };
  });
}
