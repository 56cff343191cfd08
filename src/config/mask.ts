import { isSecretName } from './secret-names';

/** What stands in the report for a secret. */
export const MASK = '***';

/** Plain data, as `toSectionValue` makes it. */
export type MaskableValue =
  string | number | boolean | null | readonly MaskableValue[] | { readonly [key: string]: MaskableValue };

/**
 * The same data without its secrets: values under secret names, and passwords in URLs.
 *
 * Booleans, null and empty strings stay, since `auth: true` and `password: ''` tell something and hide nothing.
 */
export function maskValue(value: MaskableValue): MaskableValue {
  if (typeof value === 'string') return maskUrls(value);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item: MaskableValue) => maskValue(item));
  const masked: Record<string, MaskableValue> = {};
  for (const [key, item] of Object.entries(value as { readonly [key: string]: MaskableValue })) {
    // A key may be a URL too; and `__proto__` must become a key, not a prototype.
    Object.defineProperty(masked, maskUrls(key), {
      value: isSecretName(key) && isWorthHiding(item) ? MASK : maskValue(item),
      enumerable: true,
      configurable: true,
      writable: true,
    });
  }
  return masked;
}

/** `scheme://user:password@host` becomes `scheme://user:***@host`, wherever in the text. Takes linear time. */
export function maskUrls(text: string): string {
  let masked = '';
  let copied = 0;
  for (let mark = text.indexOf('://'); mark >= 0;) {
    const next = text.indexOf('://', mark + 3);
    const password = findPassword(text, mark + 3, next < 0 ? text.length : next);
    if (password !== null) {
      masked += text.slice(copied, password.start) + MASK;
      copied = password.end;
    }
    mark = next;
  }
  return copied === 0 ? text : masked + text.slice(copied);
}

/** Where the password of one URL is: from the first colon to the last `@` of what stands before the path. */
function findPassword(text: string, start: number, limit: number): { start: number; end: number } | null {
  let colon = -1;
  let at = -1;
  let pathSeen = false;
  // The colons of an IPv6 address are no user info.
  if (text.charAt(start) === '[') return null;
  for (let index = start; index < limit; index++) {
    const character = text.charAt(index);
    if (URL_ENDS.has(character)) break;
    if (PATH_BEGINS.has(character)) {
      // Behind a path, an `@` belongs to the user info only if a raw `/` or `#` stands in the password.
      if (at >= 0 || colon < 0 || isPort(text, colon + 1, index)) break;
      pathSeen = true;
    } else if (character === ':' && colon < 0 && at < 0) colon = index;
    else if (character === '@') {
      at = index;
      if (pathSeen) break;
    }
  }
  return colon >= 0 && at > colon + 1 ? { start: colon + 1, end: at } : null;
}

const URL_ENDS: ReadonlySet<string> = new Set([' ', '\t', '\n', '\r', '"', "'", '`', '<', '>']);
const PATH_BEGINS: ReadonlySet<string> = new Set(['/', '?', '#']);

/** True for `8080` and for nothing at all: `http://host:/@x` has no password. Looks at six characters at most. */
function isPort(text: string, start: number, end: number): boolean {
  if (end - start > 5) return false;
  for (let index = start; index < end; index++) {
    const code = text.charCodeAt(index);
    if (code < 0x30 || code > 0x39) return false;
  }
  return true;
}

function isWorthHiding(value: MaskableValue): boolean {
  return value !== null && typeof value !== 'boolean' && value !== '';
}
