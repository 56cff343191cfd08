/*
 * The forms of issued keys: their prefix, and how many letters of which kind follow. The facts are those that issuers
 * publish and that gitleaks and detect-secrets look for. Publishable keys (`pk_live_...`) are not among them.
 */

/** Letters of a token: bits of {@link CLASSES}. */
export const HEX = 1;
const UPPER = 2;
export const ALNUM = 4;
export const URL_SAFE = 8;
export const DOTTED = 16;
export const TOKEN68 = 32;
const HASH = 64;

/** The form of the keys of one issuer. */
export interface TokenForm {
  readonly prefix: string;
  readonly letters: number;
  readonly least: number;
  /** A longer run of letters is not such a key. */
  readonly most: number;
}

function form(prefix: string, letters: number, least: number, most = Number.MAX_SAFE_INTEGER): TokenForm {
  return { prefix, letters, least, most };
}

function forms(prefixes: string, letters: number, least: number): TokenForm[] {
  return prefixes
    .trim()
    .split(/\s+/)
    .map((prefix) => form(prefix, letters, least));
}

const TOKEN_FORMS: readonly TokenForm[] = [
  // Cloud providers
  ...['AKIA', 'ASIA', 'ABIA', 'ACCA', 'AROA', 'AIDA', 'APKA', 'ASCA', 'ANPA', 'A3TX'].map((prefix) =>
    form(prefix, UPPER, 16, 17),
  ),
  form('ABSK', TOKEN68, 60),
  form('bedrock-api-key-', TOKEN68, 20),
  form('AIza', URL_SAFE, 35, 35),
  ...forms('ya29. 1//0', DOTTED, 20),
  form('GOCSPX-', URL_SAFE, 16),
  form('LTAI', ALNUM, 12, 26),
  form('AQVN', URL_SAFE, 35, 42),
  form('y0_', URL_SAFE, 30),
  ...forms('dop_v1_ doo_v1_ dor_v1_', ALNUM, 24),
  ...forms('HRKU-AA', URL_SAFE, 30),
  ...forms('fo1_ fm1a_ fm1r_ fm2_', TOKEN68, 20),
  form('FlyV1 ', TOKEN68, 20),
  ...forms('v1.0-', URL_SAFE, 100),
  ...forms('pscale_tkn_ pscale_pw_ pscale_oauth_', DOTTED, 20),
  ...forms('sbp_ sb_secret_ nfp_', URL_SAFE, 20),
  ...forms('vck_ vcp_ vci_', ALNUM, 20),
  // Code and packages
  ...forms('ghp_ gho_ ghu_ ghs_ ghr_ github_pat_', URL_SAFE, 22),
  ...forms('glpat- gldt- glrt- glptt- glsoat- glcbt- glimt- glft- glffct- glagent- gloas- glwt-', DOTTED, 18),
  form('GR1348941', URL_SAFE, 20),
  ...forms('CCIPAT_ CCIPRJ_', URL_SAFE, 20),
  form('ATBB', ALNUM, 28, 40),
  ...forms('ATATT3 ATCTT3', TOKEN68, 20),
  form('npm_', ALNUM, 36, 36),
  ...forms('pypi- rubygems_', URL_SAFE, 16),
  ...forms('CLOJARS_ pnu_ oy2', ALNUM, 36),
  form('AKCp', ALNUM, 40),
  form('cmVmd', ALNUM, 50, 70),
  ...forms('dckr_pat_ dckr_oat_', URL_SAFE, 20),
  ...forms('bkua_ bkat_ bkct_', ALNUM, 30),
  ...forms('sgp_ squ_ sqp_ sqa_', URL_SAFE, 36),
  form('API-', UPPER, 24, 26),
  // Chat
  ...forms('xoxb- xoxp- xoxa- xoxo- xoxr- xoxs- xoxc- xoxd- xoxe- xoxe.xoxp- xoxe.xoxb- xapp-', TOKEN68, 12),
  ...forms('EAAM EAAC EAAG EAAB', ALNUM, 60),
  // Payment
  ...forms('sk_live_ sk_test_ rk_live_ rk_test_ sk_prod_ rk_prod_ sk_org_ whsec_', URL_SAFE, 10),
  ...forms('sq0atp- sq0csp- sq0idb-', TOKEN68, 20),
  form('EAAA', URL_SAFE, 50, 70),
  form('access_token$production$', DOTTED | HASH, 20),
  form('access_token$sandbox$', DOTTED | HASH, 20),
  ...forms('access-production- access-sandbox- access-development-', URL_SAFE, 30),
  ...forms('FLWSECK_TEST- FLWSECK-', ALNUM, 12),
  ...forms('shpat_ shpss_ shpca_ shppa_ shpua_', ALNUM, 24),
  ...forms('EZAK EZTK', ALNUM, 40),
  ...forms('duffel_live_ duffel_test_ shippo_live_ shippo_test_', URL_SAFE, 30),
  ...forms('rzp_live_ rzp_test_', ALNUM, 14),
  // Language models
  ...forms('sk-ant- sk-proj- sk-svcacct- sk-admin- sk-or-', URL_SAFE, 16),
  form('sk-', ALNUM, 20),
  form('sk-lf-', URL_SAFE, 30),
  ...forms('xai- gsk_ pplx- fw_ csk- jina_', ALNUM, 20),
  ...forms('hf_ api_org_ r8_', ALNUM, 20),
  ...forms('lsv2_pt_ lsv2_sk_ pcsk_ nvapi- tgp_v1_', URL_SAFE, 20),
  // Mail and messages
  ...forms('SG.', DOTTED, 22),
  ...forms('xkeysib- xsmtpsib-', URL_SAFE, 24),
  form('key-', HEX, 32, 32),
  form('SK', HEX, 32, 32),
  form('re_', URL_SAFE, 24, 40),
  ...forms('PMAK-', URL_SAFE, 16),
  // Observability
  ...forms('NRAK- NRAA- NRIQ- NRRA- NRII- NRSP-', URL_SAFE, 16),
  ...forms('glsa_ glc_ glst_', TOKEN68, 20),
  form('eyJrIjoi', TOKEN68, 40),
  ...forms('sntrys_ sntryu_ sntrya_', TOKEN68, 20),
  form('dt0c01.', DOTTED, 60),
  ...forms('ddp_ phx_ hcaik_ hcxik_ lip_', ALNUM, 24),
  // Infrastructure
  ...forms('hvs. hvb. hvr.', DOTTED, 20),
  form('s.', ALNUM, 24, 24),
  ...forms('dp.st. dp.pt. dp.ct. dp.sa. dp.said. dp.scim. dp.audit.', DOTTED, 30),
  ...forms('ops_eyJ', TOKEN68, 60),
  ...forms('pul- tskey-', URL_SAFE, 20),
  form('dapi', HEX, 32),
  form('sha256~', URL_SAFE, 43, 43),
  ...forms('AGE-SECRET-KEY-1', UPPER, 50),
  form('AGE-PLUGIN-', UPPER | URL_SAFE, 60),
  ...forms('SUA SAA SCA SNA SXA', UPPER, 50),
  form('ico-', ALNUM, 32, 32),
  form('p8e-', ALNUM, 32, 32),
  form('K10', HEX, 60),
  // Work
  ...forms('lin_api_ lin_oauth_ figd_ figo_ ntn_ secret_', URL_SAFE, 38),
  form('tfp_', DOTTED, 40),
  ...forms('rdme_ sm_aat_ sm_pat_ sm_sat_', ALNUM, 16),
  ...forms('cfut_ cfat_ cfk_ apify_api_', URL_SAFE, 30),
  ...forms('ZXlK', TOKEN68, 60),
  // Hashes of passwords
  ...forms(
    '$2a$ $2b$ $2y$ $2x$ $argon2id$ $argon2i$ $argon2d$ $5$ $6$ $1$ $apr1$ $y$ $7$ $scrypt$ $pbkdf2 $bcrypt-sha256$ $P$ $H$',
    HASH,
    20,
  ),
  ...forms(
    'pbkdf2_sha256$ pbkdf2_sha1$ bcrypt_sha256$ bcrypt$ argon2$ scrypt: pbkdf2: SCRAM-SHA-256$ SCRAM-SHA-1$',
    HASH,
    20,
  ),
  ...forms('{SSHA} {SHA} {SSHA256} {SSHA512} {SHA512} {CRYPT} {PBKDF2} {bcrypt} {MD5} {SMD5}', HASH, 20),
  form('*', UPPER, 40, 40),
];

/** The forms by the first character of their prefix. */
export const FORMS_BY_FIRST: ReadonlyMap<number, readonly TokenForm[]> = groupForms();

function groupForms(): Map<number, TokenForm[]> {
  const groups = new Map<number, TokenForm[]>();
  for (const token of TOKEN_FORMS) {
    const first = token.prefix.charCodeAt(0);
    groups.set(first, [...(groups.get(first) ?? []), token]);
  }
  return groups;
}

/** Returns the index where letters of this kind end, after `most` letters at the latest. */
export function endOfRun(
  text: string,
  start: number,
  letters: number,
  most: number = Number.MAX_SAFE_INTEGER,
): number {
  const limit = Math.min(text.length, start + most);
  let end = start;
  while (end < limit && isOneOf(text.charCodeAt(end), letters)) end++;
  return end;
}

export function isOneOf(code: number, letters: number): boolean {
  return code < 128 && ((CLASSES[code] ?? 0) & letters) !== 0;
}

/** For each ASCII character, the kinds of letters to which it belongs. */
const CLASSES: Uint8Array = makeClasses();

function makeClasses(): Uint8Array {
  const classes = new Uint8Array(128);
  const add = (characters: string, letters: number): void => {
    for (const character of characters) {
      const code = character.charCodeAt(0);
      classes[code] = (classes[code] ?? 0) | letters;
    }
  };
  const small = 'abcdefghijklmnopqrstuvwxyz';
  const capitals = small.toUpperCase();
  const all = ALNUM | URL_SAFE | DOTTED | TOKEN68 | HASH;
  add(small + capitals + '0123456789', all);
  add('0123456789abcdefABCDEF', HEX);
  add(`${capitals}0123456789`, UPPER);
  add('-_', URL_SAFE | DOTTED | TOKEN68);
  add('.', DOTTED | TOKEN68 | HASH);
  add('+/=', TOKEN68 | HASH);
  add('$,-_:', HASH);
  add('~', TOKEN68);
  return classes;
}
