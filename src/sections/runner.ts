import type { NativeAddon } from '../addon/contract';
import { maskUrls } from '../config/mask';
import { describeError } from '../errors';
import type { ConfigurationOption } from '../options';
import type { SectionOutcome } from '../report/model';
import { snapshotConfiguration, toMaskedValue } from './configuration';
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
 * Never throws and leaves no rejection unhandled. It has no deadlines and no timers: the reporter thread gives up by
 * itself, and results that come later are ignored there. A generator that never ends costs its own section.
 */
export function runSections(
  sink: SectionSink,
  requestId: number,
  sections: readonly RegisteredSection[],
  conf: ConfigurationOption | undefined,
): void {
  if (conf !== undefined) {
    quietly(() => sink.setConfiguration(JSON.stringify(snapshotConfiguration(conf))));
  }
  new SectionRun(sink, requestId, sections).startFrom(0);
}

/** One request: what is started and what is still to end. */
class SectionRun {
  private readonly sink: SectionSink;
  private readonly requestId: number;
  private readonly sections: readonly RegisteredSection[];
  private open: number;

  constructor(sink: SectionSink, requestId: number, sections: readonly RegisteredSection[]) {
    this.sink = sink;
    this.requestId = requestId;
    this.sections = sections;
    this.open = sections.length;
  }

  /** Starts the sections from this index on. */
  startFrom(first: number): void {
    if (this.open === 0) quietly(() => this.sink.sectionsFinished(this.requestId));
    for (let index = first; index < this.sections.length; index++) {
      if (this.start(index) && index + 1 < this.sections.length) {
        // The loop turns before the next one starts. Else one that blocks would keep the promise of the one before
        // from being kept in time. An immediate that is referenced ends by itself in this turn of the loop.
        setImmediate(() => this.startFrom(index + 1));
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
        this.finish(index, toResult(value, startedAt));
        return false;
      }
      Promise.resolve(value).then(
        (resolved) => this.finish(index, toResult(resolved, startedAt)),
        (error: unknown) => this.finish(index, toFailure(error)),
      );
      return true;
    } catch (error) {
      this.finish(index, toFailure(error));
      return false;
    }
  }

  private finish(index: number, result: Result): void {
    quietly(() => this.sink.sectionDone(this.requestId, index, JSON.stringify(result)));
    this.open--;
    if (this.open === 0) quietly(() => this.sink.sectionsFinished(this.requestId));
  }
}

function toResult(value: unknown, startedAt: number): Result {
  if (value === undefined) return { status: 'failed', reason: 'the generator returned undefined' };
  const plain = toMaskedValue(value);
  return { status: 'ok', value: plain, tookMs: Math.round((performance.now() - startedAt) * 1000) / 1000 };
}

/** Messages of database drivers like to contain the URL they failed on. */
function toFailure(error: unknown): Result {
  return { status: 'failed', reason: maskUrls(describeError(error)) };
}

function isThenable(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}

/** A report must not take the service down, not even where the addon refuses a call. */
function quietly(call: () => void): void {
  try {
    call();
  } catch {
    // The reporter thread notices the missing result by its deadline.
  }
}
