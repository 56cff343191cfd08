import type { NativeAddon } from '../addon/contract';
import { describeError } from '../errors';
import { isThenable, nextTurn, whenSettled } from '../guard';
import type { SectionOutcome } from '../report/model';
import { Masker, snapshotConfiguration, toMaskedValue, type ConfigurationSettings } from './configuration';
import type { RegisteredSection } from './registry';

type Result = SectionOutcome['result'];

/** The part of the addon that takes results. */
export type SectionSink = Pick<
  NativeAddon,
  'setConfiguration' | 'sectionStarted' | 'sectionDone' | 'sectionsFinished'
>;

/**
 * Serves one request of the reporter thread on the main event loop: fresh configuration, then each section in order.
 *
 * Never throws and leaves no rejection unhandled. The reporter thread gives up on each section by itself when its time
 * is over, and ignores a result that comes later. A generator that never ends costs its own section.
 */
export function runSections(
  sink: SectionSink,
  requestId: number,
  sections: readonly RegisteredSection[],
  settings: ConfigurationSettings,
): void {
  if (settings.conf !== undefined || settings.env !== 'none') {
    quietly(() => sink.setConfiguration(JSON.stringify(snapshotConfiguration(settings))));
  }
  new SectionRun(sink, requestId, sections, settings).startFrom(0);
}

/** One request: what is started and what is still to end. */
class SectionRun {
  private readonly sink: SectionSink;
  private readonly requestId: number;
  private readonly sections: readonly RegisteredSection[];
  private readonly masker: Masker;
  private open: number;

  constructor(
    sink: SectionSink,
    requestId: number,
    sections: readonly RegisteredSection[],
    settings: ConfigurationSettings,
  ) {
    this.sink = sink;
    this.requestId = requestId;
    this.sections = sections;
    this.open = sections.length;
    this.masker = new Masker(settings.mask);
  }

  /** Starts the sections from this index on. */
  startFrom(first: number): void {
    if (this.open === 0) quietly(() => this.sink.sectionsFinished(this.requestId));
    for (let index = first; index < this.sections.length; index++) {
      if (this.start(index) && index + 1 < this.sections.length) {
        // The loop turns before the next one starts. Else one that blocks would keep the promise of the one before
        // from being kept in time.
        nextTurn('a section', () => this.startFrom(index + 1));
        return;
      }
    }
  }

  /** True when the section is still under way. */
  private start(index: number): boolean {
    const section = this.sections[index] as RegisteredSection;
    const startedAt = performance.now();
    quietly(() => this.sink.sectionStarted(this.requestId, index));
    try {
      const value = section.generator();
      if (!isThenable(value)) {
        this.finish(index, this.toResult(value, startedAt));
        return false;
      }
      whenSettled(
        value,
        'a section',
        (resolved) => this.finish(index, this.toResult(resolved, startedAt)),
        (error) => this.finish(index, this.toFailure(error)),
      );
      return true;
    } catch (error) {
      this.finish(index, this.toFailure(error));
      return false;
    }
  }

  private finish(index: number, result: Result): void {
    quietly(() => this.sink.sectionDone(this.requestId, index, JSON.stringify(result)));
    this.open--;
    if (this.open === 0) quietly(() => this.sink.sectionsFinished(this.requestId));
  }

  private toResult(value: unknown, startedAt: number): Result {
    if (value === undefined) return { status: 'failed', reason: 'the generator returned undefined' };
    const plain = toMaskedValue(value, this.masker);
    return { status: 'ok', value: plain, tookMs: Math.round((performance.now() - startedAt) * 1000) / 1000 };
  }

  /** Messages of database drivers like to contain the URL they failed on. */
  private toFailure(error: unknown): Result {
    return { status: 'failed', reason: describeError(error, (text) => this.masker.text(text)) };
  }
}

/** A report must not take the service down, not even where the addon refuses a call. */
function quietly(call: () => void): void {
  try {
    call();
  } catch {
    // The reporter thread notices the missing result by its deadline.
  }
}
