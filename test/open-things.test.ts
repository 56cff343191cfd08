import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { readFileSync, readlinkSync } from 'node:fs';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import { connect as connectTls } from 'node:tls';
import { scratchFolder } from './support/files';
import { STACK_READING } from './support/native-addon';
import { counts, keepAlive, MODES, ofKind, reportOnScene } from './support/open-scene';
import { PATIENT } from './support/patience';
import type { Service } from './support/service';

const LIVE = { ...PATIENT, ...STACK_READING };
/** As in the scenes: neither the query of a URL nor the value of a header may appear. */
const SECRET = /hunter\d/;

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}

/** A server that accepts and never says anything. */
async function silentServer(t: TestContext): Promise<{ readonly port: number; readonly sockets: Socket[] }> {
  const sockets: Socket[] = [];
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.push(socket.on('error', () => undefined).resume());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return { port: portOf(server), sockets };
}

/** Connects, and closes after the test. */
async function connected(t: TestContext, port: number): Promise<Socket> {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  socket.on('error', () => undefined);
  t.after(() => socket.destroy());
  await once(socket, 'connect');
  return socket;
}

async function portIn(service: Service, prefix: string, index: number): Promise<number> {
  return Number((await service.line(prefix)).split(' ')[index]);
}

/** Sockets of a process by their state, as /proc/net/tcp has them. */
function kernelStates(pid: number): Readonly<Record<string, number>> {
  const inodes = new Set(
    execFileSync('ls', [`/proc/${pid}/fd`], { encoding: 'utf8' })
      .trim()
      .split('\n')
      .flatMap((fd) => {
        try {
          return [/^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`))?.[1] ?? ''];
        } catch {
          return [];
        }
      }),
  );
  const found: Record<string, number> = {};
  for (const line of readFileSync('/proc/net/tcp', 'utf8').trim().split('\n').slice(1)) {
    const [, , , state = '', , , , , , inode = ''] = line.trim().split(/\s+/);
    if (inodes.has(inode)) found[state] = (found[state] ?? 0) + 1;
  }
  return found;
}

const ESTABLISHED = '01';
const SYN_SENT = '02';
const FIN_WAIT2 = '05';
const CLOSE_WAIT = '08';
const LISTEN = '0A';

for (const mode of MODES) {
  describe(`what is open in a thread that is ${mode}`, LIVE, () => {
    test('timers that are scheduled, and no others', async (t) => {
      const { open, truth } = await reportOnScene(t, { scene: 'timers', mode });
      const own = ofKind(open, 'timer').filter(
        ({ functions }) => functions[0]?.file?.endsWith('timers.cjs') === true,
      );
      const byName = own.map(
        ({ count, text, functions }) => `${count} ${text}: ${functions[0]?.functionName}`,
      );
      assert.deepEqual(byName.toSorted(), [
        '10 timer: once',
        '2 timer, unreferenced: quiet',
        '3 interval: tick',
      ]);
      const ten = own.find(({ functions }) => functions[0]?.functionName === 'once');
      assert.equal(ten?.functions[0]?.line, 8);
      const { dueMs, timerMs } = ten.numbers;
      assert.deepEqual([timerMs?.min, timerMs?.max], [3_600_000, 3_600_009]);
      assert.ok(
        dueMs !== undefined && dueMs.min > 3_000_000 && dueMs.max <= 3_600_009,
        JSON.stringify(dueMs),
      );
      // The promise of a timer counts among those that Node lists.
      assert.equal(keepAlive(open, 'timer'), truth.resources['Timeout']);
      if (mode === 'blocked') {
        assert.equal(keepAlive(open, 'immediate'), truth.resources['Immediate']);
        const [immediate] = ofKind(open, 'immediate');
        assert.equal(immediate?.count, 2);
        assert.equal(immediate.functions[0]?.functionName, 'soon');
      }
    });

    test('connections in every state, as the kernel has them', async (t) => {
      const peer = await silentServer(t);
      let pid = 0;
      const { open, truth } = await reportOnScene(t, {
        scene: 'net',
        mode,
        args: [String(peer.port)],
        meanwhile: async (service) => {
          ({ pid } = service);
          const port = await portIn(service, 'port', 1);
          const clients = [];
          for (let at = 0; at < 4; at += 1) clients.push(await connected(t, port));
          clients[0]?.end();
        },
      });
      const states: Record<string, number> = {};
      for (const { count, details } of ofKind(open, 'connection')) {
        const state = details['state'] ?? '';
        states[state] = (states[state] ?? 0) + count;
      }
      const kernel = kernelStates(pid);
      assert.equal(states['CLOSE_WAIT'], kernel[CLOSE_WAIT]);
      assert.equal(states['FIN_WAIT2'], kernel[FIN_WAIT2]);
      assert.equal(states['SYN_SENT'], kernel[SYN_SENT]);
      assert.equal(states['SYN_SENT'] !== undefined, mode === 'blocked');
      for (const group of ofKind(open, 'connection')) {
        if (group.details['state'] !== 'SYN_SENT') continue;
        assert.equal(group.keepAlive, group.count);
        assert.equal(group.numbers.quietMs, undefined);
      }
      assert.equal(states['ESTABLISHED'], kernel[ESTABLISHED], JSON.stringify(ofKind(open, 'connection')));
      assert.equal(ofKind(open, 'server').length, kernel[LISTEN]);
      const found = counts(open, 'connection');
      const server = `accepted by net server 127.0.0.1:${String(truth['port'])}`;
      assert.equal(found[`TCP from 127.0.0.1, ${server}`], 3, JSON.stringify(found));
      assert.equal(
        found[`TCP from 127.0.0.1, ${server}, ended by the other side, not by this one (CLOSE_WAIT)`],
        1,
        JSON.stringify(found),
      );
      const closed = ofKind(open, 'closed-server');
      assert.equal(closed.length, 1);
      assert.equal(closed[0]?.numbers.connections?.sum, 1);
      if (mode === 'idle') {
        // Node counts what is referenced. One that was ended by the other side does not keep the loop alive.
        const inactive = states['CLOSE_WAIT'] ?? 0;
        assert.equal(keepAlive(open, 'connection') + inactive, truth.resources['TCPSocketWrap']);
        assert.equal(keepAlive(open, 'server'), truth.resources['TCPServerWrap']);
      }
    });

    test('requests to servers of HTTP and HTTPS, and their connections', async (t) => {
      const psk = { psk: Buffer.alloc(16, 1), identity: 'test' };
      const { open, text, truth } = await reportOnScene(t, {
        scene: 'http',
        mode,
        meanwhile: async (service) => {
          const port = await portIn(service, 'ports', 1);
          const securePort = await portIn(service, 'ports', 2);
          const send = async (request: string): Promise<Socket> => {
            const socket = await connected(t, port);
            socket.write(request);
            return socket;
          };
          const tail = 'Host: x\r\nAuthorization: Bearer hunter2\r\n';
          await connected(t, port);
          await send(`GET /hold?token=hunter2 HTTP/1.1\r\n${tail}\r\n`);
          await send(`GET /hold?token=hunter3 HTTP/1.1\r\n${tail}\r\n`);
          await send(`POST /upload HTTP/1.1\r\n${tail}Content-Length: 100\r\n\r\nhunter2`);
          await send(`POST /drain HTTP/1.1\r\n${tail}Content-Length: 100\r\n\r\nhunter2`);
          await send(`GET /stream HTTP/1.1\r\n${tail}\r\n`);
          const quick = await send(`GET /quick HTTP/1.1\r\n${tail}\r\n`);
          await once(quick, 'data');
          const upgraded = await send(
            `GET /up HTTP/1.1\r\n${tail}Connection: upgrade\r\nUpgrade: test\r\n\r\n`,
          );
          await once(upgraded, 'data');
          const large = await send(`GET /large HTTP/1.1\r\n${tail}\r\n`);
          large.pause();
          for (const path of ['/quick', '/hold']) {
            const socket = connectTls({
              port: securePort,
              host: '127.0.0.1',
              ciphers: 'PSK-AES128-GCM-SHA256',
              maxVersion: 'TLSv1.2',
              pskCallback: () => psk,
              checkServerIdentity: () => undefined,
            });
            t.after(() => socket.destroy());
            socket.on('error', () => undefined);
            await once(socket, 'secureConnect');
            socket.write(`GET ${path} HTTP/1.1\r\n${tail}\r\n`);
          }
        },
      });
      assert.deepEqual(counts(open, 'server-request'), {
        'GET /hold, no answer yet': 2,
        'GET /hold over TLS, no answer yet': 1,
        'POST /upload, no answer yet, its body is not read to the end': 1,
        'POST /drain, no answer yet, its body is not complete': 1,
        'GET /stream, answer begun with status 200, not ended': 1,
        'GET /large, answer ended, but not all of it is sent': 1,
      });
      for (const { numbers } of ofKind(open, 'server-request')) {
        assert.ok(numbers.quietMs !== undefined && numbers.quietMs.min >= 0, JSON.stringify(numbers));
      }
      const plain = `TCP from 127.0.0.1, accepted by http server 127.0.0.1:${String(truth['port'])}`;
      const secure = `TLS from 127.0.0.1, accepted by https server 127.0.0.1:${String(truth['securePort'])}`;
      assert.deepEqual(counts(open, 'connection'), {
        [`${plain}, in a request`]: 6,
        [`${plain}, without a request`]: 2,
        [`${plain}, upgraded`]: 1,
        [`${secure}, in a request`]: 1,
        [`${secure}, without a request`]: 1,
      });
      assert.doesNotMatch(text + JSON.stringify(open), SECRET);
    });

    test('streams of HTTP/2', async (t) => {
      const { open, text } = await reportOnScene(t, { scene: 'http2', mode });
      assert.deepEqual(counts(open, 'server-request'), {
        'HTTP/2 GET /held, no answer yet': 2,
        'HTTP/2 GET /begun, answer begun, not ended': 1,
      });
      for (const { numbers } of ofKind(open, 'server-request')) {
        assert.ok(numbers.quietMs !== undefined && numbers.quietMs.min >= 0, JSON.stringify(numbers));
      }
      assert.equal(
        ofKind(open, 'outgoing-request').reduce((sum, { count }) => sum + count, 0),
        3,
      );
      assert.doesNotMatch(text + JSON.stringify(open), SECRET);
    });

    test('requests to other servers', async (t) => {
      const peer = await silentServer(t);
      const { open, text } = await reportOnScene(t, { scene: 'outgoing', mode, args: [String(peer.port)] });
      const origin = `http://127.0.0.1:${peer.port}`;
      assert.deepEqual(counts(open, 'outgoing-request'), {
        [`http request GET ${origin}/stock?..., waiting for headers`]: 2,
        [`http request GET ${origin}/first, waiting for headers`]: 1,
        [`http request GET ${origin}/second, waiting for a socket (http Agent: 1 of 1 socket in use)`]: 1,
        [`fetch GET ${origin}/fetched?..., sent, its response is not complete`]: 1,
      });
      assert.equal(
        counts(open, 'connection')[`TCP to 127.0.0.1:${peer.port}, used by an outgoing request`],
        3,
      );
      assert.doesNotMatch(text + JSON.stringify(open), SECRET);
    });

    test('child processes, with what they wait for', async (t) => {
      const { open, text, truth } = await reportOnScene(t, { scene: 'children', mode });
      const children = ofKind(open, 'child-process');
      const byPid = new Map(children.map((child) => [child.details['pid'], child]));
      assert.equal(byPid.size, 3, JSON.stringify(children));
      assert.match(
        byPid.get(String(truth['full']))?.details['state'] ?? '',
        /^in write\(fd 1 -> (?:pipe|socket):/,
      );
      assert.match(
        byPid.get(String(truth['sleeping']))?.text ?? '',
        /^child process pid \d+ cat -, in read\(fd 0 ->/,
      );
      assert.equal(byPid.get(String(truth['quiet']))?.keepAlive, 0);
      assert.equal(keepAlive(open, 'child-process'), truth.resources['ProcessWrap']);
      assert.match(text, /^ +Process \d+ .*state: S sleeping in write\(fd 1 -> /m);
    });

    test('workers and ports', async (t) => {
      const { open, truth } = await reportOnScene(t, { scene: 'workers', mode });
      const [first, second] = truth['ids'] as readonly number[];
      assert.deepEqual(
        ofKind(open, 'worker').map(({ text, keepAlive: kept }) => [text, kept]),
        [
          [`worker ${first} "resizer"`, 1],
          [`worker ${second} "mailer"`, 1],
        ],
      );
      assert.deepEqual(counts(open, 'broadcast-channel'), {
        'BroadcastChannel "cache"': 1,
        'BroadcastChannel "quiet", unreferenced': 1,
      });
      const ports = keepAlive(open, 'message-port') + keepAlive(open, 'broadcast-channel');
      assert.equal(ports, truth.resources['MessagePort']);
    });

    test('watched files', async (t) => {
      const folder = scratchFolder(t);
      const { open, truth } = await reportOnScene(t, { scene: 'watchers', mode, args: [folder] });
      assert.deepEqual(counts(open, 'watcher'), {
        [`fs.watch of ${folder}`]: 1,
        [`fs.watch of ${String(truth['file'])}`]: 1,
        [`fs.watchFile of ${String(truth['file'])}`]: 1,
      });
      const { FSEventWrap = 0, StatWatcher = 0 } = truth.resources;
      assert.equal(keepAlive(open, 'watcher'), FSEventWrap + StatWatcher);
    });

    test('operations in flight', async (t) => {
      const fifo = join(scratchFolder(t), 'fifo');
      execFileSync('mkfifo', [fifo]);
      const udp = createSocket('udp4').bind(0, '127.0.0.1');
      t.after(() => udp.close());
      await once(udp, 'listening');
      const { open } = await reportOnScene(t, {
        scene: 'operations',
        mode,
        args: [fifo, String(udp.address().port)],
      });
      const found = counts(open, 'operation');
      assert.equal(found['file operation'], 4, JSON.stringify(found));
      assert.equal(found['file operation of fs/promises'], 1);
      assert.equal(found['crypto PBKDF2'], 1);
      assert.equal(found['crypto RandomBytes'], undefined);
      assert.equal(found['DNS lookup of looked-up.example'], 1);
      assert.equal(found['DNS query for queried.example'], 1);
      assert.equal(found['compression of a chunk (Zlib)'], 1);
      const opened = ofKind(open, 'operation').find(({ text }) => text === 'file operation');
      assert.equal(opened?.functions[0]?.functionName, 'opened');
    });

    test('local sockets, pipes and sockets of UDP', async (t) => {
      const folder = scratchFolder(t);
      const fifo = join(folder, 'fifo');
      const path = join(folder, 'server.sock');
      execFileSync('mkfifo', [fifo]);
      const { open, truth } = await reportOnScene(t, { scene: 'pipes', mode, args: [fifo, path] });
      assert.deepEqual(counts(open, 'udp-socket'), { [`UDP on 127.0.0.1:${String(truth['udpPort'])}`]: 1 });
      assert.ok(
        counts(open, 'server')[`net server on ${path}`] === 1,
        JSON.stringify(counts(open, 'server')),
      );
      const standard = ofKind(open, 'standard-stream');
      assert.equal(standard.find(({ text }) => text.startsWith('stdin <- '))?.keepAlive, 1);
      const pipes = ofKind(open, 'pipe');
      assert.equal(counts(open, 'pipe')[`pipe or local socket ${fifo}`], 1, JSON.stringify(pipes));
      const client = pipes.find(({ text }) => text === `pipe or local socket ${path}`);
      assert.ok((client?.numbers.queuedBytes?.sum ?? 0) > 4_000_000, JSON.stringify(pipes));
    });
  });
}

for (const name of ['express-4', 'express-5']) {
  describe(`requests that ${name} lost`, LIVE, () => {
    for (const mode of MODES) {
      test(`with the last layer that was entered, in a thread that is ${mode}`, async (t) => {
        const { open, text } = await reportOnScene(t, {
          scene: 'express',
          mode,
          args: [name],
          meanwhile: async (service) => {
            const port = await portIn(service, 'port', 1);
            for (const path of ['/stuck/1?token=hunter2', '/report', '/shop/stock']) {
              (await connected(t, port)).write(`GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`);
            }
          },
        });
        const layers = ofKind(open, 'server-request').map(
          ({ text: words, functions }) => `${words}: ${functions[0]?.functionName}:${functions[0]?.line}`,
        );
        assert.deepEqual(layers.toSorted(), [
          'GET /report in route /report, no answer yet: makeReport:21',
          'GET /shop/stock, no answer yet: checkStock:23',
          'GET /stuck/1, no answer yet: requireTenant:20',
        ]);
        if (mode === 'idle')
          assert.match(text, /no async function is suspended, but 3 server requests are open/);
        assert.doesNotMatch(text, SECRET);
      });
    }
  });
}
