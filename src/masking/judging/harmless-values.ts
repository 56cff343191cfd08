/*
 * Recognizes values that are no secrets although their names suggest it: `tokenType: 'Bearer'`, `sessionTimeoutMs: 3000`,
 * `passwordFile: '/run/secrets/db'`, `tokens: 4096`. Readers of a report need such values.
 */
import { wordSet } from './name-words';
import { isSecretName, type NameReading } from './secret-names';
import {
  isDate,
  isHeaderName,
  isNumeric,
  isPath,
  isPlaceholder,
  isPlainName,
  isProse,
  isPunctuation,
  isQuantity,
  isCall,
  isPublicKey,
  isRandom,
  isReference,
  isReferenceOrPath,
  isRemark,
  isReport,
  isAddress,
  isUuid,
  isVersion,
  isVerdict,
  REPORTING,
} from './shapes';
import { isStatusPhrase } from './status-phrases';

/** True when the value is informative and cannot be a secret. */
export function isHarmless(name: NameReading, value: string | number | boolean | null): boolean {
  if (typeof value === 'boolean' || value === null) return true;
  const describes = describesOnly(name);
  if (typeof value === 'number') return value === 0 || value === 1 || isHarmlessNumber(name, describes);
  if (isPublicKey(value)) return true;
  if (value.length > MAX_LENGTH) return false;
  // The end of a statement or of a member.
  const bare = withoutSeparator(value);
  if (bare !== value) return isHarmless(name, bare);
  const says = isSecretItself(name) && !isOfCredentials(name) ? isStatusPhrase : isSaid;
  if (says(value) || isReferenceOrPath(value)) return true;
  if (NOTHINGS.has(value.toLowerCase()) || isPlaceholder(withoutScheme(value)) || isPunctuation(value))
    return true;
  // `password: 1990-05-17` is a password.
  if (isDate(value) && !(isSecretItself(name) && value.length <= BARE_DATE)) return true;
  if (isQuantity(value) && isMeasured(name)) return true;
  if (describes) return !looksMade(value);
  switch (name.suspicion) {
    case 'certain':
      return (
        (isNumeric(value) && value.length <= 3 && isCounted(name)) ||
        isHarmlessCertain(name, value) ||
        isReference(value) ||
        isCall(value)
      );
    case 'likely':
      return isHarmlessLikely(name, value);
    case 'possible':
      return isPlainName(value) || isPath(value) || isNumeric(value) || /^[A-Za-z]{1,16}$/.test(value);
    case 'none':
      return true;
  }
}

function isSaid(value: string): boolean {
  return isVerdict(value) || isReport(value);
}

/** True for `password` and `passwordValue`, under which any phrase may be the secret. */
function isSecretItself(name: NameReading): boolean {
  return name.suspicion === 'certain' && name.words.slice(name.restAt).every((word) => SAME_SECRET.has(word));
}

/** Whether the name is of credentials, which, unlike a password, are never a phrase that someone chose. */
function isOfCredentials({ words, restAt }: NameReading): boolean {
  return /^cred(?:ential)?s?$/.test(words[restAt - 1] ?? '');
}

const BARE_DATE = 10;

function withoutSeparator(value: string): string {
  let end = value.length;
  while (end > 0 && ',;'.includes(value.charAt(end - 1))) end--;
  return value.slice(0, end);
}

/** `Bearer <token>` holds as much as `<token>`. */
function withoutScheme(value: string): string {
  return /^[A-Z][A-Za-z]{3,8} \S/.test(value) ? value.slice(value.indexOf(' ') + 1) : value;
}

/**
 * A number is a secret only if the secret word is the last one, or is followed by a word that changes nothing:
 * `password2`.
 */
function isHarmlessNumber(name: NameReading, describes: boolean): boolean {
  if (name.suspicion !== 'certain' || describes || isCounted(name) || isMeasured(name)) return true;
  const rest = name.words.slice(name.restAt);
  return rest.some((word) => !SAME_SECRET.has(word));
}

const SAME_SECRET: ReadonlySet<string> = wordSet(`
  value val text plain raw hash digest base old new current previous next confirm confirmation repeat again main
  primary secondary backup default prod production dev development test staging admin root user db database api
  app hex string number num no
`);

/** `pwd` is also the working directory, and `credentials` is also an option of `fetch`. */
function isHarmlessCertain({ words, restAt }: NameReading, value: string): boolean {
  const name = words.join('');
  if (name === 'pwd' || name === 'oldpwd' || name === 'initpwd')
    return isPath(value) || /^\/[\w.-]{0,60}$/.test(value);
  if (restAt < words.length && LEVELS.has(value)) return true;
  // The number of a pin on a circuit board. A PIN of a card has at least four digits.
  if (name === 'pin') return /^[0-9]{1,2}$/.test(value);
  if (name === 'credentials' && FETCH_CREDENTIALS.has(value)) return true;
  // `GOOGLE_APPLICATION_CREDENTIALS`
  return words[words.length - 1] === 'credentials' && isPath(value) && /\.[a-z]{2,5}$/.test(value);
}

/** `passwordQuality: 'high'`, and what HTML's `autocomplete` calls a password. */
const LEVELS: ReadonlySet<string> = wordSet(
  'low medium high weak fair good strong none optional required new-password current-password one-time-code',
);

/** And where they come from. */
const FETCH_CREDENTIALS: ReadonlySet<string> = wordSet(
  'include omit same-origin inherit environment env default anonymous metadata ec2-metadata instance-profile',
);

function looksMade(value: string): boolean {
  return isRandom(value) || isUuid(value);
}

/** Under a word that only makes a secret likely: `auth: 'basic'`, `SESSION_COOKIE: 'lax'`, `PROMPT_TOKENS: '4096'`. */
function isHarmlessLikely(name: NameReading, value: string): boolean {
  const lower = value.toLowerCase();
  if (CHOICES.has(lower)) return true;
  if (isNumeric(value)) return value.length <= 3 || (value.length <= MAX_COUNT_LENGTH && isCounted(name));
  if (isCounted(name) && isQuantity(value)) return true;
  if (isHeaderName(value) || isPath(value) || isAddress(value) || isVersion(value)) return true;
  if (isPlainSetting(name, value) || isNameOfSecret(value) || isPairs(value)) return true;
  const last = name.words[name.words.length - 1] ?? '';
  // A parser reports the token that it met: `token: EOF`.
  if (last === 'token' && /^[A-Z_]{2,24}$/.test(value)) return true;
  if (isReference(value) || isCall(value)) return true;
  if (
    SPOKEN_OF.has(last) &&
    (isProse(value) || isRemark(value)) &&
    !SCHEMES.has(lower.split(' ', 1)[0] ?? '')
  )
    return true;
  if (DSNS.has(last))
    return !value.includes('@') && !value.includes('=') && !isRandom(value) && /[:/.]/.test(value);
  return false;
}

/** `sessionStickiness: 'source-ip'`, `session: { key: 'koa.sess' }`: no token is made of small letters only. */
function isPlainSetting({ words, restAt }: NameReading, value: string): boolean {
  const rest = words.slice(restAt);
  if (rest.length === 0 || value.length > 24) return false;
  if (rest.every((word) => word === 'key' || word === 'keys'))
    return (
      /^(?:cookie|session|csrf)s?$/.test(words[restAt - 1] ?? '') &&
      /^_|[._-]/.test(value) &&
      isPlainName(value.replace(/^_/, ''))
    );
  return !rest.some((word) => SAME_SECRET.has(word)) && (isPlainName(value) || isQuantity(value));
}

/** `sessionCookie: 'connect.sid'`: the value is a name itself. */
function isNameOfSecret(value: string): boolean {
  return value.length <= 24 && /^[a-z]{1,16}(?:[._-][a-z]{1,16}){0,3}$/.test(value) && isSecretName(value);
}

/** `auth: mode=oidc ttl=30`: each of them is judged by its own name. */
function isPairs(value: string): boolean {
  return value.length <= 200 && /^[a-z_]{2,20}=[^\s=]{1,60}(?: [a-z_]{2,20}=[^\s=]{1,60}){0,8}$/.test(value);
}

/**
 * Words that messages are about, such as `session: cart opened`. There are no messages about a `jwt` or an
 * `authorization`.
 */
const SPOKEN_OF: ReadonlySet<string> = wordSet(
  'auth authentication session sessions token tokens cookie cookies pass oauth jwt key keys',
);
const SCHEMES: ReadonlySet<string> = wordSet('bearer basic digest token apikey ssws negotiate');
const MAX_LENGTH = 400;
const MAX_COUNT_LENGTH = 12;
const DSNS: ReadonlySet<string> = wordSet('dsn dsns');

/** True when a word after the secret word makes the name a description of it: `tokenType`, `passwordFile`. */
function describesOnly({ words, restAt, suspicion }: NameReading): boolean {
  const last = words[words.length - 1] ?? '';
  // In `auth.user.password`, no word follows the last secret word.
  if (restAt >= words.length)
    return suspicion === 'certain'
      ? last.startsWith('secret') && REFERRING.has(words[restAt - 2] ?? '')
      : DESCRIBING_BEFORE.has(words[restAt - 2] ?? '');
  if (words.some((word) => ALWAYS.has(word)) || words.join(' ').includes('connection str')) {
    return PARTS_OF_DSN.has(last);
  }
  return (
    DESCRIBING.has(last) ||
    (LESS_CERTAIN.has(last) && suspicion !== 'certain') ||
    (last.endsWith('s') && DESCRIBING.has(last.slice(0, -1))) ||
    last.endsWith('ies')
  );
}

const PARTS_OF_DSN: ReadonlySet<string> = wordSet('format type name host hostname port path scheme protocol');

/**
 * They describe a session or a token; with a password they may mean the thing that it opens, or that it is encrypted, as
 * in `password: { secure: 'x' }`.
 */
const LESS_CERTAIN: ReadonlySet<string> = wordSet('hint database db secure');

/** True when the name is a count: `activeSessions`, `tokensUsed`. */
function isCounted({ words }: NameReading): boolean {
  return words.some((word) => COUNTABLE.has(word));
}

function isMeasured({ words }: NameReading): boolean {
  return words.some((word) => MEASURES.has(word));
}

/** True for the name of a member that is a number and no secret: `minLength`, `loaded`. */
export function saysQuantity(words: readonly string[]): boolean {
  const last = words[words.length - 1] ?? '';
  return (
    words.some((word) => MEASURES.has(word)) ||
    [last, last.replace(/s$/, '')].some((word) => DESCRIBING.has(word) || REPORTING.has(word))
  );
}

const COUNTABLE: ReadonlySet<string> = wordSet(`
  tokens sessions cookies passwords secrets credentials creds keys jwts sids salts pws pwds passphrases
`);

/** What variables and text files have instead of booleans and null. */
const NOTHINGS: ReadonlySet<string> = new Set([
  '',
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
  'nan',
  'n/a',
  '(none)',
  '(not set)',
  'not set',
  'unset',
  'not configured',
  'empty',
  '(empty)',
  '""',
  "''",
  '[]',
  '{}',
  'redacted',
  'masked',
  'hidden',
  'filtered',
  'removed',
  'omitted',
  'missing',
  'required',
  'optional',
  'present',
  'absent',
  '[object object]',
  '[object promise]',
  '[circular]',
  '[promise]',
  '[function]',
]);

/** Common words for settings and states. Under `password`, one of them could be the secret; under `auth`, it is not. */
const CHOICES: ReadonlySet<string> = wordSet(`
  active all allowed always anonymous any api-key api_key apikey auth0 authenticated authorized auto automatic aws
  aws4 aws4-hmac-sha256 azure background basic bearer body both cert certificate clerk client closed closing
  cognito comma connected console cookie cookies cram-md5 created current database db default deleted denied
  destroyed digest disable disabled disconnected disk dynamodb enable enabled env environment eof eol error errors
  existing expired external fail failed failure file filesystem firebase forbidden gcp github gitlab google
  granted greeter gssapi guest header headers hmac iam identifier inactive include internal invalid jwe jws jwt
  k8s kerberos keycloak kubernetes lax ldap ldaps loaded loading local loggedin loggedout login logout manual md5
  memcached memory mir mongo mongodb mtls mysql name negotiate never new nextauth ntlm number oauth oauth1 oauth2
  object oidc ok okay okta omit open opened openid pam passport password pending plain postgres postgresql private
  public query radius ready redis refreshed rejected remote renewed resumed revoked rotated same-origin same-site
  saml saml2 scram scram-sha-1 scram-sha-256 scram-sha-512 server service session sessions signin signout signup
  sigv4 sqlite ssl started starting stderr stdout stopped stopping strict string sts succeeded success successful
  supabase system tls token tokens tty unauthenticated unauthorized unknown unspecified unverified updated user
  user-session valid vault verified wayland x11
`);

/** With one of these words, a number is a quantity. */
const MEASURES: ReadonlySet<string> = wordSet(`
  age attempts bits bytes capacity chars characters cost count days depth duration expiration expire expires
  expiry hours idle index interval iterations kb length lifetime limit limits max maximum mb min minimum minutes
  ms ns num number pool port quota rate remaining retries rotation rounds sec secs seconds size sizes threshold
  timeout timeouts total ttl usage used version weight window percent ratio avg mean active per budget burst
  refill bucket created rotated
`);

/** A name that ends in one of these describes a secret instead of holding it. Plurals count as well. */
const DESCRIBING: ReadonlySet<string> = wordSet(`
  signup
  signin
  kid
  exclude
  adapter address affinity age alg algo algorithm amount arn at attempt attribute audience backend balance banner
  bucket budget button by bytes cache cause cc chain changed channel channels check cjs claim class client clock
  cluster cmd column command comment complexity config configuration configured controller cost count counter cpp
  created creation css cts currency date decimals decoder description desktop dialog digits dir directory doc docs
  domain driver duration email enabled encoder encoding encryption endpoint engine env error event exception
  exchange exists expiration expired expires expiry factory failed failure fd feature fee field file filename
  filter flag flow folder for form format from function go grant group guard handler hasher hashing header help
  helper history host hostname hosts hours html http httponly id in index interval issuer iterator java job js
  json jsx kind label layer length level library lifetime limit link listener loader location log mail manager max
  md message method metric middleware min mjs mode model module ms mts name namespace needed network nodes
  notifier number off on only operation operator option order origin owner page param parameter parser partitioned
  path pattern percent period permission pipeline plugin policy pool port prefix price principal priority
  processor prompt protocol provider proxy publisher py queue rank rate rb realm reason ref reference refresh
  regex regexp region remaining reminder request required requirement resolver resource result retries retry role
  rotation rounds route router rs rule same samesite schema scheme scope score screen seconds selector
  serializer server service setting since site size skew sock socket source standard state stats status stdin
  stickiness storage store strategy strength subject suffix supply supported symbol table tag target template test
  threshold time timeout timestamp title to toml topic total tracker transport ts tsx ttl txt type until uri url
  usage use used user username valid validated validation validator verification verified version view visible
  volume warning window worker yaml yml zone
`);

/** Of these, the ones that are names of services as well: in `secrets: { mail: 'x' }` they describe nothing. */
export const SERVICES: ReadonlySet<string> = wordSet(
  'email mail network job page form screen chain currency standard banner button dialog check use',
);

/** Before a last word that says secret, these make the name a description: `unexpectedToken`. */
const DESCRIBING_BEFORE: ReadonlySet<string> = wordSet('unexpected');
/** The same for a secret that is an object of its own, with a name: `existingSecret: 'db-login'`. */
const REFERRING: ReadonlySet<string> = wordSet('existing pull external referenced ref from use mounted');

/** Their values are secrets, however the name goes on. */
const ALWAYS: ReadonlySet<string> = wordSet('dsn dsns connectionstring');
