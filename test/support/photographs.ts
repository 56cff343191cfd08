import { readFileSync, statSync } from 'node:fs';
import type { MaskRules } from '../../src/masking/mask-rules';
import type { BundleHost } from '../../src/formatter/host';
import type { RawPhotograph } from '../../src/formatter/mask-photograph';
import type {
  AsyncFrame,
  ConfigurationSnapshot,
  Frame,
  GreenThreadGroup,
  GreenThreads,
  IsolateThread,
  OsThread,
  OtherThread,
  Photograph,
  ProcessFacts,
  Stack,
} from '../../src/report/model';

/** Unix time at which the sample process got its signal. */
export const REQUESTED_AT_MS: number = Date.UTC(2026, 10, 21, 1, 55, 6, 123);
const BOOTED_AT_MS = REQUESTED_AT_MS - 86_400_000;
/** Unix time at which the sample process started. */
export const STARTED_AT_MS: number = REQUESTED_AT_MS - 3_725_000;

type CapturedStack = Extract<Stack, { readonly status: 'captured' }>;

/** A frame of user code, exact, unless told otherwise. */
export function frame(functionName: string, more: Partial<Frame> = {}): Frame {
  return {
    kind: 'js',
    quality: 'exact',
    functionName,
    className: null,
    file: '/srv/app/deploy.js',
    line: 41,
    column: 9,
    isConstructor: false,
    isEval: false,
    isUserCode: true,
    source: null,
    original: null,
    generated: null,
    ...more,
  };
}

/** A frame of Node's own JavaScript. */
export function nodeFrame(functionName: string, file: string): Frame {
  return frame(functionName, { file, line: 797, column: 18, isUserCode: false });
}

export function captured(frames: readonly Frame[], more: Partial<CapturedStack> = {}): CapturedStack {
  return {
    status: 'captured',
    method: 'interrupt',
    frames,
    cut: null,
    heldMs: null,
    hasGap: false,
    noJavaScript: null,
    noNative: null,
    asyncFrames: [],
    asyncFramesSkipped: null,
    runningMicrotasks: false,
    ...more,
  };
}

export function osThread(tid: number, more: Partial<OsThread> = {}): OsThread {
  return {
    status: 'known',
    tid,
    name: 'node',
    state: 'S',
    syscall: { number: 281, name: 'epoll_pwait', description: null },
    startTicks: 4711,
    cpuUserMs: 120,
    cpuSystemMs: 40,
    cpuShare: null,
    cpuWaitShare: null,
    ...more,
  };
}

/** A thread without JavaScript. */
export function otherThread(tid: number, more: Partial<OtherThread> = {}): OtherThread {
  return { ...osThread(tid), stack: { status: 'unavailable', reason: 'not read' }, ...more };
}

/** An idle main thread, unless told otherwise. */
export function mainThread(more: Partial<IsolateThread> = {}): IsolateThread {
  return {
    kind: 'main',
    threadId: 0,
    name: 'main',
    entry: '/srv/app/server.js',
    resourceLimits: null,
    state: 'idle',
    note: '',
    loopStalledMs: 8200,
    loopTurns: null,
    busyQueue: null,
    os: osThread(14423),
    stack: captured([]),
    context: { status: 'unavailable', reason: 'the thread ran no JavaScript' },
    request: null,
    heap: {
      status: 'known',
      usedBytes: 12_900_000,
      totalBytes: 21_000_000,
      limitBytes: 2_197_815_296,
      oldUsedBytes: 11_400_000,
      oldLimitBytes: 2_147_483_648,
      externalBytes: 2_400_000,
      mallocedBytes: 262_320,
      nativeContexts: 1,
      detachedContexts: 0,
    },
    greenThreads: { status: 'unavailable', reason: 'not asked for' },
    open: { status: 'unavailable', reason: 'not asked for' },
    heapClasses: { status: 'unavailable', reason: 'not asked for' },
    answeredAfterMs: 0.31,
    pausedMs: 0.06,
    ...more,
  };
}

/** An idle worker, unless told otherwise. */
export function workerThread(threadId: number, more: Partial<IsolateThread> = {}): IsolateThread {
  return mainThread({
    kind: 'worker',
    threadId,
    name: '',
    entry: '/srv/app/worker.js',
    resourceLimits: {
      maxOldGenerationSizeMb: 4144,
      maxYoungGenerationSizeMb: 48,
      codeRangeSizeMb: 0,
      stackSizeMb: 4,
    },
    os: osThread(14430 + threadId),
    ...more,
  });
}

/** A suspended async function of the service, unless told otherwise. */
export function asyncFrame(functionName: string, more: Partial<AsyncFrame> = {}): AsyncFrame {
  return {
    kind: 'async-function',
    functionName,
    className: null,
    enclosingFunction: null,
    file: '/srv/app/cart.js',
    line: 6,
    column: 30,
    via: null,
    otherCallers: 0,
    inCycle: false,
    isEval: false,
    isFunctionStart: false,
    source: null,
    original: null,
    generated: null,
    ...more,
  };
}

/** One green thread of these functions, unless told otherwise. */
export function greenGroup(
  frames: readonly AsyncFrame[],
  more: Partial<GreenThreadGroup> = {},
): GreenThreadGroup {
  const waits = { via: null, answers: [], rest: more.waitsFor ?? '' };
  const count = more.count ?? 1;
  const none = { waitsFor: null, seenIn: count, waits, context: [], traces: null, cut: null };
  return { id: 0, count, deadlock: false, frames, ...none, ...more };
}

export function greenThreads(
  groups: readonly GreenThreadGroup[],
  more: Partial<GreenThreads> = {},
): GreenThreads {
  return {
    status: 'known',
    heapRead: 'at-rest',
    groupsGone: 0,
    gone: [],
    threadsGone: 0,
    youngCollected: false,
    suspendedFunctions: groups.reduce(
      (sum, { count, frames }) => sum + count * frames.filter(({ kind }) => kind !== 'callback').length,
      0,
    ),
    greenThreads: groups.reduce((sum, { count }) => sum + count, 0),
    callbacks: groups.reduce(
      (sum, { count, frames }) => sum + (frames[0]?.kind === 'callback' ? count : 0),
      0,
    ),
    totalGroups: groups.length,
    groups,
    groupsLeftOut: 0,
    threadsLeftOut: 0,
    idleGenerators: 0,
    unreadable: 0,
    scannedBytes: 15_728_640,
    costMs: 2.3,
    partial: null,
    waitsForSkipped: null,
    contextSkipped: null,
    ...more,
  };
}

export function facts(more: Partial<ProcessFacts> = {}): ProcessFacts {
  return {
    serviceName: 'cart-api',
    package: { product: 'cart-api', vendor: 'Example Shops', version: '4.5.6', root: '/srv/app' },
    deployment: {},
    versions: { node: '22.23.3', v8: '12.4.254.21-node.33', uv: '1.51.0', modules: '127' },
    platform: 'linux',
    arch: 'x64',
    argv: ['/usr/bin/node', '/srv/app/server.js', '--port', '8080', 'two words'],
    execArgv: ['--max-old-space-size=2048'],
    execPath: '/usr/bin/node',
    cwd: '/srv/app',
    mainScript: '/srv/app/server.js',
    host: 'web-3',
    nodeOptions: null,
    startedAtMs: STARTED_AT_MS,
    gmrVersion: '0.1.0',
    ...more,
  };
}

/** Nothing configured and no environment, taken when the signal came, unless told otherwise. */
export function configuration(more: Partial<ConfigurationSnapshot> = {}): ConfigurationSnapshot {
  return {
    status: 'known',
    objects: {},
    failures: {},
    environment: { policy: 'none', variables: {}, leftOut: 0 },
    takenAtMs: REQUESTED_AT_MS,
    ...more,
  };
}

/** A process with one idle main thread, unless told otherwise. */
export function photograph(
  {
    view = { frameOrder: 'innermost-first', frames: 'folded' },
    ...more
  }: Partial<Omit<Photograph, 'gitCommit'>> = {},
  mask: MaskRules = { keys: [], allow: [], values: [] },
): RawPhotograph {
  const known: Omit<Photograph, 'view' | 'gitCommit'> = {
    schemaVersion: 1,
    reportId: '14423-1763690106123-1',
    trigger: {
      kind: 'signal',
      signal: 'SIGUSR2',
      senderPid: 71,
      senderUid: 0,
      fromGmrTrigger: false,
      coalesced: 1,
    },
    requestedAtMs: REQUESTED_AT_MS,
    requestedAtMonotonicMs: (more.requestedAtMs ?? REQUESTED_AT_MS) - BOOTED_AT_MS,
    stacksAfterMs: 0.82,
    completeAfterMs: 7.24,
    pid: 14423,
    ppid: 1,
    facts: facts(),
    rssBytes: 88_080_384,
    isolates: [mainThread()],
    otherThreads: [],
    configuration: configuration(),
    sections: [],
    processes: { status: 'known', processes: [], leftOut: 0, incomplete: false },
    ...more,
  };
  const arrived = known as unknown as Omit<RawPhotograph, 'view'>;
  return { ...arrived, view: { ...view, mask, formats: ['text'], maxBytes: 16_777_216, keepBytes: 0 } };
}

/** The formatter's host with real files and the real clock. Scripts have no maps in them. */
export const fileSystemHost: BundleHost = {
  readTextFile(path, maxBytes) {
    try {
      const stat = statSync(path);
      return stat.isFile() && stat.size <= maxBytes ? readFileSync(path, 'utf8') : null;
    } catch {
      return null;
    }
  },
  readBytes(path, maxBytes) {
    const size = fileSystemHost.fileSize(path);
    return size !== null && size <= maxBytes ? readFileSync(path, 'latin1') : null;
  },
  modifiedAtMs(path) {
    return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? null;
  },
  fileSize(path) {
    const stat = statSync(path, { throwIfNoEntry: false });
    return stat?.isFile() === true ? stat.size : null;
  },
  nowMs: () => Date.now(),
  cpuMs: () => 0,
  noMaps: null,
  inlineMap: () => null,
};
