/*
 * Names and values that stand apart: `{ name: 'DB_PASSWORD', value: 'x' }`, and names in two parts: `{ encryption: { key: 'x' } }`.
 */
import { MASK } from '../../mark';
import { wordSet } from '../judging/name-words';
import { wordsOf } from '../judging/secret-names';
import { isRandom } from '../judging/shapes';
import type { MaskableRecord, MaskableValue } from '../judging/maskable';
import { isNameCharacter, nameBefore } from './assigned-names';

/** Members whose value is the name of another member's value. */
export const NAMING: ReadonlySet<string> = wordSet(`
  name key k field header param parameter property prop variable var env envvar label
  option setting attribute id path parameterkey optionname parametername varname keyname fieldname headername
  propertyname settingname configkey envname attr argument flag column
`);

/** Members that hold the value for such a name. */
export const VALUES: ReadonlySet<string> = wordSet(`
  value val v content contents data default defaultvalue text stringvalue parametervalue optionvalue plaintext current
  currentvalue old oldvalue new newvalue rawvalue raw to from before after values args arguments
  fieldvalue propertyvalue headervalue settingvalue configvalue envvalue
`);

export function isIdentifier(name: string): boolean {
  for (let index = 0; index < name.length; index++) {
    if (!isNameCharacter(name.charCodeAt(index)) && !'/[]: '.includes(name.charAt(index))) return false;
  }
  return name.length > 0;
}

/** The private members of a JSON web key. */
export const WEB_KEY_SECRETS: ReadonlySet<string> = wordSet(`
  d p q dp dq qi k oth
`);

/** Names that are secrets as parameters, but not as keys of an object. */
export const SIGNING: ReadonlySet<string> = wordSet(`
  sig signature x-amz-signature x-goog-signature key code response mac rspauth
`);

/** The same object without its `key`, if that is a secret together with the name of the object: `{ signing: { key: 'x' } }`. */
export function withoutSplitKey(
  owner: readonly string[],
  object: MaskableRecord | readonly MaskableValue[],
): MaskableRecord | readonly MaskableValue[] {
  if (isList(object) || !KEY_OWNERS.has(owner[owner.length - 1] ?? '')) return object;
  const key = object['key'];
  return typeof key === 'string' && isKeyMaterial(key) ? { ...object, key: MASK } : object;
}

/** The same in a text, for the `key` that begins at `start`. */
export function isSplitKey(text: string, start: number, value: string): boolean {
  if (!isKeyMaterial(value)) return false;
  const from = Math.max(0, start - LOOKED_BACK);
  const before = text.slice(from, start);
  const open = before.lastIndexOf('{');
  if (open < 0 || before.includes('}', open)) return false;
  const colon = from + before.slice(0, open).trimEnd().length - 1;
  const owner = wordsOf(text.charAt(colon) === ':' ? nameBefore(text, colon).name : '');
  return KEY_OWNERS.has(owner[owner.length - 1] ?? '');
}

const LOOKED_BACK = 200;

/** Also the name of an object in a store, or of an entry of a cache, is called a key. */
function isKeyMaterial(key: string): boolean {
  return isRandom(key) && !/[.:\s]/.test(key);
}

function isList(object: MaskableRecord | readonly MaskableValue[]): object is readonly MaskableValue[] {
  return Array.isArray(object);
}

const KEY_OWNERS: ReadonlySet<string> = wordSet(`
  access api cipher crypto decryption encryption hmac master private seal sign signing unseal
`);
