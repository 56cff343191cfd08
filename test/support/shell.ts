/**
 * The program, and its arguments, that runs a script in a shell; the words are the script's `$0`, `$1` and so on.
 *
 * Where ThreadSanitizer is preloaded, the shell begins without it, and only what the script starts has it: gcc's gives
 * programs that were not built with it no `sigsetjmp`, so every shell would end by a jump to address 0 (gcc 12).
 */
export function shellCommand(script: string, ...words: readonly string[]): readonly [string, ...string[]] {
  const preload = process.env['LD_PRELOAD'];
  if (preload === undefined) return ['sh', '-c', script, ...words];
  return ['env', '-u', 'LD_PRELOAD', 'sh', '-c', `export LD_PRELOAD='${preload}'; ${script}`, ...words];
}
