import type { Photograph } from '../../report/model';
import { alikeKey, extremes, numbersIn, withRanges } from '../alike';
import { isSameProcess } from '../identity';
import { digestOf, type Digest, type OwnAspect } from './digest';
import type { Aspect, Fleet, FleetClass, FleetMember, SkippedFile } from './model';

const MAX_MEMBERS = 20;

interface Kept {
  readonly origin: string;
  readonly digest: Digest;
}

/** Takes reports one after the other, keeps little of each, and finds the processes that look alike. */
export class FleetMerger {
  /** The latest report of each process, by pid and host, in the order of arrival. */
  readonly #processes = new Map<string, Kept[]>();
  readonly #skipped: SkippedFile[] = [];
  #reports = 0;

  /** Throws if the report lacks parts. */
  add(origin: string, photograph: Photograph): void {
    const digest = digestOf(photograph);
    this.#reports += 1;
    const { process } = digest;
    const key = `${process.pid} ${process.host ?? ''}`;
    const alike = this.#processes.get(key) ?? [];
    this.#processes.set(key, alike);
    const index = alike.findIndex((kept) => isSameProcess(kept.digest.process, process));
    const kept = alike[index];
    if (kept === undefined) alike.push({ origin, digest });
    else if (kept.digest.requestedAtMs <= digest.requestedAtMs) alike[index] = { origin, digest };
  }

  /** Notes a file that is no report. */
  skip(origin: string, reason: string): void {
    this.#skipped.push({ origin, reason });
  }

  result(): Fleet {
    const latest = [...this.#processes.values()].flat();
    const classes = new Map<string, Kept[]>();
    for (const kept of latest) {
      const key = signature(kept.digest);
      const members = classes.get(key);
      if (members === undefined) classes.set(key, [kept]);
      else members.push(kept);
    }
    return {
      fleetVersion: 1,
      reports: this.#reports,
      processes: latest.length,
      classes: [...classes.values()].map(describeClass).toSorted((a, b) => a.processes - b.processes),
      skipped: this.#skipped,
    };
  }
}

function signature({ aspects }: Digest): string {
  return aspects.map(({ kind, key }) => `${kind}\0${key}`).join('\u0001');
}

function describeClass(members: readonly Kept[]): FleetClass {
  const all = members.map(({ digest }) => digest.aspects);
  const [first = []] = all;
  const shown = members.slice(0, MAX_MEMBERS).map(memberOf);
  return {
    processes: members.length,
    aspects: first.map((_, index) => mergeAspect(all.flatMap((aspects) => aspects[index] ?? []))),
    mainIdle: members.filter(({ digest }) => digest.chance === 'idle').length,
    mainRunning: members.filter(({ digest }) => digest.chance === 'running').length,
    representative: shown[0] ?? { origin: '', process: NOBODY },
    members: shown,
    membersLeftOut: members.length - shown.length,
  };
}

const NOBODY = { pid: 0, host: null, startedAtMs: null, startTicks: null, serviceName: null };

function memberOf({ origin, digest: { process } }: Kept): FleetMember {
  return { origin, process };
}

/** The same aspect of several processes, with ranges for the numbers that differ. */
function mergeAspect(aspects: readonly OwnAspect[]): Aspect {
  const [first] = aspects;
  if (first === undefined) return { kind: 'main', text: '', count: null };
  const key = alikeKey(first.text);
  const numbers = aspects.filter(({ text }) => alikeKey(text) === key).map(({ text }) => numbersIn(text));
  const [some = []] = numbers;
  const least = numbers.reduce((a, b) => extremes(a, b, Math.min), some);
  const most = numbers.reduce((a, b) => extremes(a, b, Math.max), some);
  const counts = aspects.flatMap(({ count }) => (count === null ? [] : [count]));
  return {
    kind: first.kind,
    text: withRanges(first.text, least, most),
    count: counts.length === 0 ? null : { least: Math.min(...counts), most: Math.max(...counts) },
  };
}
