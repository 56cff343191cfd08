import { GmrError, warn } from '../errors';
import { describe } from '../option-rules';
import { checkedOptions } from '../options';

/** Something that is taken back by `dispose()`, or by `using` where the language has it. */
export interface DisposableHandle {
  dispose(): void;
  [Symbol.dispose](): void;
}

/** Makes the content of a section: any value, or a promise of one. Called on the main event loop. */
export type SectionGenerator = () => unknown;

/** What may be said of one section. */
export interface SectionOptions {
  /** Time this section has, from 1 to 60000. Default: `sectionTimeoutMs` of `setupAutorun`. */
  readonly timeoutMs?: number | undefined;
  /** Sections of a smaller number come first, those of the same in order of registration. Default 0. */
  readonly order?: number | undefined;
}

/** A section of the report that the service adds. */
export interface RegisteredSection {
  readonly title: string;
  readonly generator: SectionGenerator;
  /** Undefined: as the settings have it. */
  readonly timeoutMs?: number | undefined;
  /** Undefined: 0. */
  readonly order?: number | undefined;
}

/** What `registerSection` returns: takes the section out of later reports, but never one that replaced it. */
export type SectionRegistration = DisposableHandle;

const MAX_TITLE_LENGTH = 200;

let sections: readonly RegisteredSection[] = [];
let changed: () => void = () => undefined;

/** The sections in their order. The array never changes; a registration makes a new one. */
export function registeredSections(): readonly RegisteredSection[] {
  return sections;
}

/** Sets the one listener that is called after each change. */
export function onSectionsChanged(listener: () => void): void {
  changed = listener;
}

/** Adds a section that was checked. One with the same title is replaced, in its place, with a warning. */
export function addSection(
  title: string,
  generator: SectionGenerator,
  { timeoutMs, order }: SectionOptions = {},
): SectionRegistration {
  const section: RegisteredSection = { title, generator, timeoutMs, order };
  const index = sections.findIndex((other) => other.title === title);
  if (index < 0) sections = [...sections, section];
  else {
    warn(
      `gmr-native: section '${title}' was registered twice; the later one is used`,
      'GMR_SECTION_REPLACED',
    );
    sections = sections.with(index, section);
  }
  // Sorting keeps the order of those that are alike.
  sections = sections.toSorted((one, other) => (one.order ?? 0) - (other.order ?? 0));
  changed();
  return makeDisposable(() => removeSection(section));
}

/** A registration without effect, for threads whose sections are not used. */
export function emptyRegistration(): SectionRegistration {
  return makeDisposable(() => undefined);
}

function removeSection(section: RegisteredSection): void {
  if (!sections.includes(section)) return;
  sections = sections.filter((other) => other !== section);
  changed();
}

/**
 * Callers may be JavaScript, so the types promise nothing.
 *
 * @throws GmrError `GMR_INVALID_OPTION`.
 */
export function checkSection(title: unknown, generator: unknown, options: unknown = {}): void {
  if (typeof title !== 'string' || title.trim() === '' || title.length > MAX_TITLE_LENGTH) {
    throw new GmrError(
      'GMR_INVALID_OPTION',
      `title of a section: expected a non-empty string of at most ${MAX_TITLE_LENGTH} characters, got ${typeof title}`,
    );
  }
  if (typeof generator !== 'function') {
    throw new GmrError(
      'GMR_INVALID_OPTION',
      `generator of section '${title}': expected a function, got ${typeof generator}`,
    );
  }
  checkSectionOptions(title, checkedOptions(options, ['timeoutMs', 'order']));
}

function checkSectionOptions(title: string, { timeoutMs, order }: SectionOptions): void {
  const refuse = (name: string, expected: string, value: unknown): never => {
    const message = `option '${name}' of section '${title}': expected ${expected}, got ${describe(value)}`;
    throw new GmrError('GMR_INVALID_OPTION', message);
  };
  if (timeoutMs !== undefined && !(Number.isInteger(timeoutMs) && timeoutMs >= 1 && timeoutMs <= 60_000)) {
    refuse('timeoutMs', 'an integer from 1 to 60000', timeoutMs);
  }
  if (order !== undefined && !Number.isFinite(order)) refuse('order', 'a finite number', order);
}

/** A handle that calls `undo` once, however often it is disposed of. */
export function makeDisposable(undo: () => void): DisposableHandle {
  let disposed = false;
  const dispose = (): void => {
    if (disposed) return;
    disposed = true;
    undo();
  };
  // Early releases of Node 20 have no Symbol.dispose; its name would then become a key called "undefined".
  return typeof Symbol.dispose === 'symbol'
    ? { dispose, [Symbol.dispose]: dispose }
    : ({ dispose } as DisposableHandle);
}
