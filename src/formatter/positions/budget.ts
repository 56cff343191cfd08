import type { SourceHost } from './script';

/** All source maps of a report together. The native side sets memory aside for that: kMapsBytes in formatter_host.cc. */
const MAX_MAPS_CPU_MS = 200;
/** On a busy machine, that much CPU time takes longer; the report must not wait for it without end. */
const MAX_MAPS_MS = 1000;
const MAX_MAPS_BYTES = 64 * 1024 * 1024;
/** The native side decodes no more than this from a `data:` URL: kMaxMapBytes in inline_maps.cc. */
const MAX_INLINE_MAP_BYTES = 32 * 1024 * 1024;
/** A look at the clock is a call out of the isolate. */
const TICKS_BETWEEN_LOOKS = 64;

/** A source map cannot be used. The message is the reason as reports print it. */
export class MapFailure extends Error {}

export const UNREADABLE_REASON = 'its source map cannot be read';
export const NO_TIME_REASON = 'the time for source maps was used up';
export const MISFIT_REASON = 'its source map does not fit the code';

/** Why the map in a script of this length could not be decoded. */
export function inlineFailure(scriptLength: number): MapFailure {
  if (scriptLength * 0.75 < MAX_INLINE_MAP_BYTES) return new MapFailure(UNREADABLE_REASON);
  return new MapFailure('the source map in it is larger than 32 MB');
}

/** The clocks of the host. */
export type Clocks = Pick<SourceHost, 'nowMs' | 'cpuMs'>;

/** The time and memory that the source maps of one report may take. */
export class MapBudget {
  private readonly clocks: Clocks;
  private readonly endsAtMs: number;
  private readonly endsAtCpuMs: number;
  private bytesLeft = MAX_MAPS_BYTES;
  private ticks = 0;

  constructor(clocks: Clocks) {
    this.clocks = clocks;
    this.endsAtMs = clocks.nowMs() + MAX_MAPS_MS;
    this.endsAtCpuMs = clocks.cpuMs() + MAX_MAPS_CPU_MS;
  }

  /** Throws when the time is used up. */
  check(): void {
    // Without a clock the time could not be bounded, so `NaN` must not pass.
    const isInTime = this.clocks.cpuMs() <= this.endsAtCpuMs && this.clocks.nowMs() <= this.endsAtMs;
    if (!isInTime) throw new MapFailure(NO_TIME_REASON);
  }

  /** A cheaper {@link check} for inner loops, which must call it at least every few thousand characters. */
  tick(): void {
    this.ticks += 1;
    if (this.ticks % TICKS_BETWEEN_LOOKS === 0) this.check();
  }

  /** Takes the memory of a map. Throws when there is not enough left. */
  takeBytes(bytes: number): void {
    if (bytes > MAX_MAPS_BYTES) throw new MapFailure('its source map is larger than 64 MB');
    if (bytes > this.bytesLeft) throw new MapFailure('all source maps together are larger than 64 MB');
    this.bytesLeft -= bytes;
  }
}
