import type { HarmlessCase, Kind, SecretCase } from './case';

/** Puts a secret into a form. */
export type MakeCase = (
  kind: Kind,
  origin: string,
  name: string,
  fill: (secret: string) => unknown,
) => SecretCase;

/** Makes cases whose secrets come from these functions in turn. */
export function casesInTurn(secrets: readonly (() => string)[]): MakeCase {
  let made = 0;
  return (kind, origin, name, fill) => {
    const secret = (secrets[made++ % secrets.length] as () => string)();
    return { kind, shape: origin, origin, name, value: fill(secret), secret };
  };
}

/** Makes each command line two cases: as a list of arguments and as a text. */
export function commandLookalikes(lines: readonly string[]): HarmlessCase[] {
  return lines.flatMap((line) => [
    { kind: 'arguments' as const, origin: 'commands', name: line, value: line.split(' ') },
    { kind: 'text' as const, origin: 'commands', name: line, value: line },
  ]);
}
