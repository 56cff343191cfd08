import { escapeLines } from './escape';

/**
 * Why something failed, as a word that programs can compare.
 *
 * - `GMR_INVALID_OPTION`: an option or argument is not what it must be.
 * - `GMR_ADDON_UNAVAILABLE`: the native addon could not be loaded.
 * - `GMR_SIGNAL_FAILED`: the operating system refused the signal handler.
 * - `GMR_REPORT_FAILED`: a requested report could not be made or delivered.
 */
export type GmrErrorCode =
  'GMR_INVALID_OPTION' | 'GMR_ADDON_UNAVAILABLE' | 'GMR_SIGNAL_FAILED' | 'GMR_REPORT_FAILED';

/** What this package throws. The message says what was expected and what came. */
export class GmrError extends Error {
  /** Compare this, not the message. */
  readonly code: GmrErrorCode;

  constructor(code: GmrErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'GmrError';
    this.code = code;
  }
}

/**
 * One line for anything that can be thrown, however hostile. Never throws. `clean` takes out what must not be shown,
 * before the text is cut: half a secret could not be told any more.
 */
export function describeError(error: unknown, clean?: (text: string) => string): string {
  try {
    const whole = isError(error) ? `${error.name}: ${error.message}` : String(error);
    const text = clean === undefined ? whole : clean(whole.slice(0, MAX_CLEANED_LENGTH));
    return text.length > MAX_REASON_LENGTH ? `${text.slice(0, endOfCut(text, MAX_REASON_LENGTH))}...` : text;
  } catch {
    return 'something that cannot be printed';
  }
}

/** The length at which a text may be cut without splitting a surrogate pair. */
function endOfCut(text: string, length: number): number {
  const last = text.charCodeAt(length - 1);
  return last >= 0xd800 && last <= 0xdbff ? length - 1 : length;
}

/** True for errors of every realm: test runners and `vm` have their own classes. May throw for a hostile proxy. */
export function isError(value: unknown): value is Error {
  return value instanceof Error || Object.prototype.toString.call(value) === '[object Error]';
}

/** Tells the operator through Node's warning channel. Never throws, even where warnings are errors. */
export function warn(message: string, code: string): void {
  try {
    process.emitWarning(indented(message), { type: 'GmrWarning', code });
  } catch {
    // A service must not fail because it could not be warned.
  }
}

/** A message may quote anything, but none of its lines may look like a line of another program. */
function indented(message: string): string {
  return escapeLines(message).join('\n  ');
}

const MAX_REASON_LENGTH = 500;
const MAX_CLEANED_LENGTH = 8192;
