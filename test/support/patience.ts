/** How much slower than usual this machine may be: sanitizers, emulation, a busy CI host. */
export const TIME_SCALE: number = Math.max(1, Number(process.env['GMR_TEST_TIME_SCALE'] ?? 1) || 1);

/** Longest time that any child process of a test may live, and that any wait may take. */
export const HARD_LIMIT_MS: number = 30_000 * TIME_SCALE;

/** Options of a test of child processes: the child's own limit strikes first and tells more. */
export const PATIENT: { readonly timeout: number } = { timeout: HARD_LIMIT_MS * 20 };

/**
 * Waits until `probe` returns something else than undefined.
 * It polls, because what it asks for (a state in /proc, a file) announces itself to nobody.
 */
export async function eventually<T>(
  what: string,
  probe: () => T | undefined | Promise<T | undefined>,
): Promise<T> {
  const deadline = Date.now() + HARD_LIMIT_MS;
  for (;;) {
    const found = await probe();
    if (found !== undefined) return found;
    if (Date.now() > deadline) throw new Error(`still not so after ${HARD_LIMIT_MS} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}
