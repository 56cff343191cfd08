/*
 * Numbers in an object or a list under a name that says secret: `{ pin: { value: 7352 } }`, and bytes, as a serialised
 * `Buffer` has them.
 */
import type { MaskableValue } from './maskable';
import { wordSet } from './name-words';
import type { NameReading } from './secret-names';

export function areNumbers(list: readonly MaskableValue[]): list is readonly number[] {
  return list.length > 0 && list.every((item) => typeof item === 'number');
}

/** `names` are the words of the secret name and of the names below it. */
export function areSecret(numbers: readonly number[], { words, suspicion, restAt }: NameReading): boolean {
  if (suspicion === 'certain')
    return !(numbers.length === 1 && words[0] === 'pin' && (numbers[0] ?? 0) < 100);
  // `encryptionKey: { type: 'Buffer', data: [104, 117] }`
  const isData = words[words.length - 1] === 'data' && restAt === words.length - 1;
  return (
    (isData || restAt === words.length) &&
    OF_BYTES.has(words[restAt - 1] ?? '') &&
    numbers.length >= (isData ? 4 : 8) &&
    numbers.every((number) => Number.isInteger(number) && number >= 0 && number <= 255)
  );
}

const OF_BYTES: ReadonlySet<string> = wordSet('key salt token jwt apikey accesskey bearer');

/** `pin` is a secret as a whole name only. What is below it has a longer name. */
export function wholeName(words: readonly string[]): readonly string[] {
  return words.length === 1 && words[0] === 'pin' ? ['pin', 'code'] : words;
}
