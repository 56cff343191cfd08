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
        /^(?=.*async function in importRows \(\S+streams\.cjs:\d+:\d+\))(?=.*pipeline with RowSource: nothing to read)/,
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
      awaitInMap: /^event "ack:2" of Session in Map "sessions" \(\S*node-events\.cjs\)$/,
      awaitAll:
        /^Promise\.all: (?=.*event "charged" of Session in Array "devices")(?=.*event "online" of Session in Array "devices")/,
      awaitBoth: /^event "ended" of Session in Map "sessions" \(\S*node-events\.cjs\)$/,
      readAnswers: /^event "answers" of Broker \(\S*node-events\.cjs\)$/,
      awaitTarget: inEvents('event "done" of EventTarget', 'target'),
      awaitAbort: /^AbortSignal$/,
      awaitWithTimeout: /^(?=.*event "tock" of Broker)(?=.*AbortSignal\.timeout\(\))/,
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
      tick: /^interval 400000 ms \(\d+ ms left\)$/,
      sleepInCallback: /^timer 300000 ms \(\d+ ms left\)$/,
      sleepPromisified: /^timer 200000 ms \(\d+ ms left\)$/,
      abortLate: /^timer 700000 ms \(\d+ ms left\), given up after the time of an AbortSignal\.timeout\(\)$/,
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
      readLines: /^event "line" of readline Interface on (?:PassThrough|stdin): nothing to read$/,
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

/** All five threads of the pool are blocked. */
function onPool(text: string): RegExp {
  const quoted = text.replaceAll(/[().]/g, String.raw`\$&`);
  return new RegExp(
    String.raw`^${quoted} \((?:libuv pool: 5 of 5 threads busy|no thread of the libuv pool is idle), 4 in openat, 1 in read\)$`,
  );
}

function describeRequests(): void {
  describeExplained({
    title: 'node:fs, node:crypto and node:zlib',
    script: 'libuv.cjs',
    skip: false,
    waits: {
      openFile: onPool('fs request'),
      readFile: onPool('fs request'),
      openInCallback: onPool('fs request'),
      statQueued: onPool('fs request'),
      listDirectory: onPool('fs request'),
      readHandle: onPool('fs request'),
      closeHandle: /^FileHandle to be closed, after 1 pending operation$/,
      readInCallback: onPool('fs.readFile(), 0 bytes read so far'),
      readStream:
        /^data of ReadStream of \S+\/stream \(not open yet\): nothing to read \("stream" in \S*\/libuv\.cjs\)$/,
      watchDirectory: /^change to what fs\.watch\(\) observes$/,
      deriveKey: onPool('crypto pbkdf2 job'),
      scryptKey: onPool('crypto scrypt job'),
      compress: onPool('zlib Gzip job, 0 bytes of output so far'),
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

function describePassed(): void {
  const again = 'already: it will not come again';
  const never = 'it will not come';
  const inPassed = (text: string): RegExp => new RegExp(String.raw`^${text}$`);
  const origin = String.raw`http:\/\/127\.0\.0\.1:\d+`;
  const anew = `${again} unless it connects anew`;
  describeExplained({
    title: 'Node, for events that have passed',
    script: 'passed-events.cjs',
    skip: false,
    waits: {
      connected: inPassed(
        `event "connect" of net Socket(?: to 127\\.0\\.0\\.1:\\d+)?, which is connected ${anew}`,
      ),
      acceptedConnect: inPassed(
        `event "connect" of net Socket(?: \\S+){2,4}, which was accepted by a server: ${never}`,
      ),
      closedSocket: inPassed('net Socket(?: to \\S+)?, which was destroyed'),
      listening: inPassed(
        `event "listening" of http Server \\S+, which is listening ${again} unless it listens anew`,
      ),
      readFile: inPassed(String.raw`event "end" of ReadStream of \S+ \(closed\), which has ended ${again}`),
      openFile: inPassed(String.raw`event "open" of ReadStream of \S+, which is open ${again}`),
      endedStream: inPassed(`event "end" of PassThrough, which has ended ${again}`),
      destroyedStream: inPassed(`event "end" of PassThrough, which was closed before its end: ${never}`),
      finishedStream: inPassed(`event "finish" of PassThrough, which has finished ${again}`),
      closedReader: inPassed(`event "close" of readline Interface on PassThrough, which is closed ${again}`),
      exitedChild: inPassed(
        String.raw`event "exit" of child process \d+ \(cat\), which has exited with code 0 ${again}`,
      ),
      closedChild: inPassed(
        String.raw`event "close" of child process \d+ \(cat\), which has exited with code 0 and is closed ${again}`,
      ),
      killedChild: inPassed(
        String.raw`event "exit" of child process \d+ \(cat\), which was ended by SIGKILL ${again}`,
      ),
      missingProgram: inPassed(
        String.raw`event "exit" of child process \(\/no\/such\/program\), which could not be started: ${never}`,
      ),
      exitedWorker: inPassed(`event "exit" of worker thread, which has exited ${again}`),
      onlineWorker: inPassed(String.raw`event "online" of worker thread \d+, which is online ${again}`),
      response: inPassed(
        String.raw`event "response" of http request PUT ${origin}\/rates\?\.\.\., which has its response ${again}`,
      ),
      readAnswer: inPassed(
        String.raw`event "end" of body of http response 200 to PUT ${origin}\/rates\?\.\.\., which has ended ${again}`,
      ),
      readBody: inPassed(
        String.raw`event "end" of body of http request PUT \/rates\?\.\.\., which has ended ${again}`,
      ),
      closedAnswer: inPassed(
        String.raw`event "close" of http response to PUT \/rates\?\.\.\., which is closed ${again}`,
      ),
    },
  });
}

/** Node 24 and later. */
const HAS_LOCKS = Number(process.versions.node.split('.', 1)[0]) >= 24;

async function main(): Promise<void> {
  describeExplained({
    title: 'Web Locks',
    script: 'web-locks.cjs',
    skip: HAS_LOCKS ? false : 'this Node has no Web Locks',
    waits: {
      waitForIt: /^a Web Lock of navigator\.locks, or the end of the callback that has it$/,
      keeping: /^timer 600000 ms/,
    },
  });
  describeStreams();
  describeEvents();
  describeReadline();
  describeChildren();
  describeRequests();
  describeWorkers();
  describePassed();
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
