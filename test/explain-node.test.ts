import { describeExplained } from './support/explained';
import { needsServers } from './support/servers';

const STREAM_SIZE = String.raw`\(high water mark \d+\)`;

/** Of a variable of this fixture. */
function variable(name: string, script: string): string {
  return String.raw` \("${name}" in \S*/${script}\)`;
}

function inStreams(text: string, name: string): RegExp {
  return new RegExp(`^${text}${variable(name, 'streams.cjs')}$`);
}

function describeStreams(): void {
  const unwritten = `7 bytes not written ${STREAM_SIZE}`;
  describeExplained({
    title: 'node:stream',
    script: 'streams.cjs',
    skip: false,
    waits: {
      readRows: inStreams('data of RowSource: nothing to read', 'rows'),
      writeReport: inStreams(
        String.raw`event "drain" of ReportSink: 20 bytes not written \(high water mark 8\)`,
        'report',
      ),
      waitForData: inStreams('event "data" of RowSource: nothing to read', 'idle'),
      exportRows:
        // The streams come in any order, and not each is found by way of a variable.
        /^(?=.*pipeline with ReportSink: 7 bytes not written \(high water mark 4\))(?=.*pipeline with RowSource: nothing to read)(?=.*pipeline with Compressor: nothing to write, nothing to read, paused)/,
      importRows:
        /^(?=.*async function \S+ \(\S+streams\.cjs:\d+:\d+\))(?=.*pipeline with RowSource: nothing to read)/,
      awaitEnd: inStreams(`end of ReportSink: ${unwritten}, end\\(\\) not called`, 'sink'),
      awaitOutput: inStreams(
        String.raw`end of PassThrough: nothing to write, nothing to read, end\(\) not called`,
        'output',
      ),
      writeInCallback: inStreams(`write\\(\\) of ReportSink: ${unwritten}`, 'written'),
      awaitEndInCallback: inStreams(`end of ReportSink: ${unwritten}, end\\(\\) called`, 'ended'),
      pipeInCallback:
        /^(?=.*pipeline with RowSource: nothing to read)(?=.*pipeline with ReportSink: nothing to write)/,
    },
  });
  describeExplained({
    title: 'node:stream/web',
    script: 'streams.cjs',
    skip: false,
    waits: {
      readWeb: /^read\(\) of ReadableStream: readable, no chunk queued(?: \("\w+" in \S+\))?$/,
      readFull:
        /^read\(\) of ReadableStream: readable, no chunk queued, its pull\(\) has not ended(?: \("\w+" in \S+\))?$/,
      iterateWeb: /^read\(\) of ReadableStream: readable, no chunk queued(?: \("\w+" in \S+\))?$/,
      pipeWeb: /^pipeTo\(\) of ReadableStream: readable, no chunk queued(?: \("\w+" in \S+\))?$/,
      writeWeb:
        /^ready of WritableStream: writable, its write\(\) has not ended, 1 write waiting(?: \("\w+" in \S+\))?$/,
      closeWeb: /^close\(\) of WritableStream: writable, its close\(\) has not ended\b/,
    },
  });
}

function describeEvents(): void {
  const inEvents = (text: string, name: string): RegExp =>
    new RegExp(`^${text}${variable(name, 'node-events.cjs')}`);
  describeExplained({
    title: 'node:events',
    script: 'node-events.cjs',
    skip: false,
    waits: {
      awaitAnswer: inEvents('event "answer" of Broker', 'broker'),
      readAnswers: /^an event of Broker\b/,
      awaitTarget: inEvents('event of EventTarget', 'target'),
      awaitAbort: /^AbortSignal$/,
      awaitWithSignal: inEvents('event "tick" of Broker', 'scheduled'),
    },
  });
  describeExplained({
    title: 'node:timers/promises',
    script: 'timers.cjs',
    skip: false,
    waits: {
      sleep: /^timer 600000 ms \(\d+ ms left\)$/,
      wait: /^timer 500000 ms \(\d+ ms left\)$/,
      tick: /^timer 400000 ms \(\d+ ms left\)$/,
      sleepInCallback: /^timer 300000 ms \(\d+ ms left\)$/,
      sleepPromisified: /^timer 200000 ms \(\d+ ms left\)$/,
      abortLate: /^timer 700000 ms \(\d+ ms left\), given up when an AbortSignal is aborted$/,
    },
  });
}

function describeReadline(): void {
  const onInput = (text: string, name: string): RegExp =>
    new RegExp(`^${text}: nothing to read${variable(name, 'readline.cjs')}$`);
  describeExplained({
    title: 'node:readline',
    script: 'readline.cjs',
    skip: false,
    waits: {
      askOperator: onInput(String.raw`answer to readline question\(\) on stdin`, 'prompt'),
      askInCallback: onInput(String.raw`answer to readline question\(\) on PassThrough`, 'callbacks'),
      awaitLine: onInput('event "line" of readline Interface on PassThrough', 'next'),
      readLines: /^an event of Interface\b/,
    },
  });
}

function describeChildren(): void {
  const running = /^child process \d+ \(cat\), running$/;
  describeExplained({
    title: 'node:child_process',
    script: 'child-process.cjs',
    skip: false,
    waits: {
      encode: running,
      convert: running,
      runFile: running,
      runInCallback: running,
      runShell: /^child process \d+ \(\S*sh\), running$/,
      readOutput: /^output of child process \d+ \(cat\), running$/,
      awaitClose: /^child process \d+ \(echo\), exited with code 0, 8 bytes of its stdout not read$/,
      awaitMessage: /^message from child process \d+ \(\S*node\), running$/,
      feed: new RegExp(
        String.raw`^input of child process \d+ \(\S*node\), running: 1048576 bytes not written ${STREAM_SIZE}$`,
      ),
    },
  });
}

function describeRequests(): void {
  describeExplained({
    title: 'node:fs, node:crypto and node:zlib',
    script: 'libuv.cjs',
    skip: false,
    waits: {
      openFile: /^fs request$/,
      readFile: /^fs request$/,
      openInCallback: /^fs request$/,
      statQueued: /^fs request$/,
      listDirectory: /^fs request$/,
      readHandle: /^fs request$/,
      closeHandle: /^FileHandle to be closed, after 1 pending operation$/,
      readInCallback: /^fs\.readFile\(\), 0 bytes read so far$/,
      readStream:
        /^data of ReadStream of \S+\/stream \(not open yet\): nothing to read \("stream" in \S*\/libuv\.cjs\)$/,
      watchDirectory: /^change to what fs\.watch\(\) observes$/,
      deriveKey: /^crypto pbkdf2 job$/,
      scryptKey: /^crypto scrypt job$/,
      compress: /^zlib Gzip job, 0 bytes of output so far$/,
    },
  });
}

function describeWorkers(): void {
  const onChannel = new RegExp(
    `^event of BroadcastChannel "prices"${variable('channel', 'worker-threads.cjs')}$`,
  );
  describeExplained({
    title: 'node:worker_threads',
    script: 'worker-threads.cjs',
    skip: false,
    waits: {
      awaitAnswer: /^event "message" of worker thread 1$/,
      awaitExit: /^event "exit" of worker thread 2$/,
      terminate: /^event "exit" of worker thread 3$/,
      askClient: new RegExp(`^Client\\.#answers${variable('client', 'worker-threads.cjs')}$`),
      awaitPort: /^MessagePort$/,
      awaitBroadcast: onChannel,
      awaitHandler: onChannel,
    },
  });
}

async function main(): Promise<void> {
  describeStreams();
  describeEvents();
  describeReadline();
  describeChildren();
  describeRequests();
  describeWorkers();
  describeExplained({
    title: 'piscina 5',
    script: 'piscina.cjs',
    ...(await needsServers()),
    waits: {
      runTask: /^piscina task \S*\/stuck-task\.cjs, running in worker thread \d+$/,
      waitForThread: /^piscina: 2 of 2 threads busy, 3 tasks queued\b/,
    },
  });
}

void main();
