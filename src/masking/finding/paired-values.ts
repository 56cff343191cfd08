/*
 * Values whose names are not directly in front of them: `<password>x</password>`, `<key>Password</key><string>x</string>`,
 * and PostgreSQL's `Key (token)=(x) already exists`.
 */
import type { Judge } from '../judging/judge';
import { nameBefore, quotedValue, tagName } from './assigned-names';
import type { Value } from './assigned-values';
import type { NameContext } from './name-context';
import { isIdentifier, NAMING } from './names-apart';

/** The value behind the `>` of a tag; null where the tag says nothing of a secret. */
export function taggedValue(
  text: string,
  index: number,
  names: NameContext,
  judge: Judge,
): { readonly name: string; readonly value: Value } | null {
  if (
    '-=/?'.includes(text.charAt(index - 1)) ||
    (text.charAt(index + 1) === '<' && !text.startsWith(CDATA, index + 1))
  )
    return null;
  const tag = tagName(text, index);
  if (tag === '') return null;
  const awaited = names.takeAwaited(index);
  const start = index + 1;
  if (NAMING.has(tag.toLowerCase())) {
    const named = text.slice(start, start + LONGEST_NAME);
    const name = named.slice(0, Math.max(0, named.indexOf('</')));
    if (isIdentifier(name) && judge.suspicion(name) !== 'none') names.announce(name, start + name.length);
  }
  const name = awaited === '' ? tag : awaited;
  if (judge.suspicion(name) === 'none') return null;
  const found = text.indexOf('<', start);
  const end = found < 0 ? text.length : found;
  // `--password <password> --port <port>` has no element in it.
  if (text.startsWith(CDATA, start)) return { name, value: cdata(text, start + CDATA.length) };
  if (!text.startsWith('</', end) && /\s/.test(text.slice(start, Math.min(end, start + LONGEST_LIST))))
    return null;
  return { name, value: { start, end } };
}

const CDATA = '<![CDATA[';

function cdata(text: string, start: number): Value {
  const found = text.indexOf(']]>', start);
  return { start, end: found < 0 ? text.length : found };
}

const LONGEST_NAME = 80;
const LONGEST_LIST = 200;

/** The secret in `(user_id, token)=(7, x)`, at the `=`; null when there is none. */
export function columnValue(text: string, index: number, judge: Judge): Value | null {
  if (text.charAt(index - 1) !== ')' || text.charAt(index + 1) !== '(') return null;
  const open = text.lastIndexOf('(', index);
  if (open < 0 || index - open > LONGEST_LIST) return null;
  const names = text.slice(open + 1, index - 1).split(', ');
  const secret = names.findIndex((name) => judge.suspicion(name) !== 'none');
  if (secret < 0) return null;
  const values = text.slice(index + 2, index + 2 + LONGEST_VALUES);
  const close = values.lastIndexOf(')', endOfLine(values));
  const parts = values.slice(0, close < 0 ? values.length : close).split(', ');
  const value = parts[secret];
  if (value === undefined || !judge.hides(names[secret] ?? '', value)) return null;
  const start = index + 2 + parts.slice(0, secret).reduce((sum, part) => sum + part.length + 2, 0);
  return { start, end: start + value.length };
}

/** The value in `password: &str = "x"`, `token: string = 'x'`. */
export function typedValue(text: string, start: number): Value | null {
  const type = TYPE.exec(text.slice(start, start + 64))?.[0];
  return type === undefined ? null : quotedValue(text, start + type.length);
}

const TYPE = /^&{0,1}(?:'static ){0,1}[A-Za-z][\w<>[\]|?.]{0,40}(?: \| [A-Za-z]{1,20}){0,3} = (?=["'`])/;

/** `PASSWORD('x')`, `setPassword("x")`, `withToken("x7y8z9a0")` */
export function calledValue(text: string, index: number, judge: Judge): Value | null {
  const at = nameBefore(text, index);
  if (at.name === '' || at.quoted || ' \t'.includes(text.charAt(index - 1))) return null;
  const suspicion = judge.suspicion(at.name);
  const sets = suspicion === 'likely' && /^(?:set|with|use)[A-Z_]/.test(at.name);
  if (suspicion !== 'certain' && !sets) return null;
  const value = quotedValue(text, index + 1);
  if (value === null) return null;
  const shown = text.slice(value.start, Math.min(value.end, value.start + LONGEST_VALUES));
  if (sets && !/[0-9]/.test(shown)) return null;
  return judge.hides(at.name, shown) ? value : null;
}

/** The new value in `password = "old" -> "new"`, as Terraform plans it. */
export function changedTo(text: string, end: number): Value | null {
  const sign = /^["'] (?:->|=>|→) (?=["'])/.exec(text.slice(end, end + 6))?.[0];
  return sign === undefined ? null : quotedValue(text, end + sign.length);
}

const LONGEST_VALUES = 2000;

function endOfLine(text: string): number {
  const found = text.indexOf('\n');
  return found < 0 ? text.length : found;
}
