import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { CensusGroup } from '../src/open/base/census';
import type { Surroundings } from '../src/open/base/open-row';
import type { OpenGroup } from '../src/report/open';
import { census, censusFunction, censusGroup, type Plain } from './support/census';
import { requireLib } from './support/lib';

const { describeOpen } = requireLib('open/describe-open') as typeof import('../src/open/describe-open');
const { OPEN_ROWS } = requireLib('open/kinds/all') as typeof import('../src/open/kinds/all');
const { CALLBACK_ROWS } = requireLib('open/callbacks') as typeof import('../src/open/callbacks');
const { openRows } = requireLib('open/open-rows') as typeof import('../src/open/open-rows');

const NOWHERE: Surroundings = { processes: new Map(), threads: new Map() };

function groupsOf(groups: readonly CensusGroup[], around: Surroundings = NOWHERE): readonly OpenGroup[] {
  let last = 0;
  return describeOpen(census(groups), around, () => ++last).groups;
}

const REQUEST: Readonly<Record<string, Plain>> = {
  'socket.@kHandle': { class: 'TCP' },
  'req.method': 'POST',
  'req.url': '/orders',
  'req.complete': true,
  _headerSent: false,
  finished: false,
};

function request(plain: Readonly<Record<string, Plain>>, more: Partial<CensusGroup> = {}): CensusGroup {
  return censusGroup('ServerResponse/socket', { ...REQUEST, ...plain }, more);
}

describe('the table of rows', () => {
  test('has one line for each row, with tabs between words and no word twice', () => {
    const lines = openRows().trimEnd().split('\n');
    assert.equal(lines.length, OPEN_ROWS.length + CALLBACK_ROWS.length);
    for (const line of lines) {
      const words = line.split('\t');
      assert.equal(new Set(words).size, words.length, line);
      assert.ok(!line.includes('*/'), 'it must not end the comment that it is in');
    }
  });

  test('never has two rows of the same name', () => {
    const names = OPEN_ROWS.map(({ name }) => name);
    assert.deepEqual(names, [...new Set(names)]);
  });
});

describe('an open server request', () => {
  test('is described by method, path and state', () => {
    const [group] = groupsOf([request({}, { count: 3 })]);
    assert.equal(group?.kind, 'server-request');
    assert.equal(group.count, 3);
    assert.equal(group.text, 'POST /orders, no answer yet');
    assert.equal(group.details['path'], '/orders');
  });

  test('never shows a query, and requests that differ in it are one group', () => {
    const groups = groupsOf([
      request({ 'req.url': '/orders?token=hunter2' }, { count: 2 }),
      request({ 'req.url': '/orders?token=hunter3' }),
    ]);
    assert.equal(groups.length, 1);
    assert.equal(groups[0]?.count, 3);
    assert.doesNotMatch(JSON.stringify(groups), /hunter/);
  });

  test('shows the whole path where a router has cut it', () => {
    const [group] = groupsOf([request({ 'req.url': '/1', 'req.originalUrl': '/api/orders/1' })]);
    assert.equal(group?.details['path'], '/api/orders/1');
  });

  for (const { plain, text, numbers = {} } of [
    {
      plain: { 'req.complete': false },
      text: 'POST /orders, no answer yet, its body is not complete',
    },
    {
      plain: { 'req.complete': false },
      numbers: { 'req._readableState.length': { min: 7, max: 7, sum: 7 } },
      text: 'POST /orders, no answer yet, its body is not read to the end',
    },
    {
      plain: { _headerSent: true, statusCode: 200 },
      text: 'POST /orders, answer begun with status 200, not ended',
    },
    {
      plain: { _headerSent: true, finished: true },
      text: 'POST /orders, answer ended, but not all of it is sent',
    },
    { plain: { 'socket.@kHandle': { class: 'TLSWrap' } }, text: 'POST /orders over TLS, no answer yet' },
  ]) {
    test(text, () => assert.equal(groupsOf([request(plain, { numbers })])[0]?.text, text));
  }

  const layer = { 'req.next.()stack[idx-1].handle': censusFunction('requireTenant') };

  test('names the layer of the router that was entered last', () => {
    const [group] = groupsOf([request({}, { functions: layer })]);
    assert.deepEqual(
      group?.functions.map(({ role, functionName, line }) => ({ role, functionName, line })),
      [{ role: 'last-layer', functionName: 'requireTenant', line: 17 }],
    );
  });

  const route = {
    'req.next.()stack[idx-1].route.path': '/orders',
    'req.next.()stack[idx-1].route.stack.length': 1,
  };
  const handler = { 'req.next.()stack[idx-1].route.stack.0.handle': censusFunction('createOrder') };

  test('names the only handler of a route, and not the function of the router that calls it', () => {
    const [group] = groupsOf([request(route, { functions: { ...layer, ...handler } })]);
    assert.deepEqual(
      group?.functions.map(({ functionName }) => functionName),
      ['createOrder'],
    );
    assert.equal(group.text, 'POST /orders in route /orders, no answer yet');
  });

  test('names no handler of a route that has several: it is not known which was called last', () => {
    const several = { ...route, 'req.next.()stack[idx-1].route.stack.length': 2 };
    const [group] = groupsOf([request(several, { functions: { ...layer, ...handler } })]);
    assert.deepEqual(group?.functions, []);
  });

  test('keeps the range of what is known about each', () => {
    const path = 'socket.@kHandle.%receivedMs';
    const [group] = groupsOf([
      request(
        { 'req.url': '/orders?a' },
        { numbers: { [path]: { min: 100, max: 200, sum: 300 } }, count: 2 },
      ),
      request({ 'req.url': '/orders?b' }, { numbers: { [path]: { min: 50, max: 50, sum: 50 } } }),
    ]);
    assert.deepEqual(group?.numbers.quietMs, { min: 50, max: 200, sum: 350 });
  });
});

const ALIVE: Readonly<Record<string, Plain>> = { '%active': true, '%refed': true };

describe('an open handle', () => {
  for (const { name, group, text, keepAlive = 0 } of [
    {
      name: 'a server',
      group: censusGroup('Server/open', {
        '_handle.%active': true,
        '_handle.%refed': true,
        '_handle.%local': '127.0.0.1:8080',
        requestTimeout: 300_000,
      }),
      text: 'http server on 127.0.0.1:8080',
      keepAlive: 1,
    },
    {
      name: 'a worker of a cluster, whose primary listens',
      group: censusGroup('Server/open', { _handle: { class: 'Object' }, _connectionKey: '4:0.0.0.0:80' }),
      text: 'net server on 0.0.0.0:80, which the primary of the cluster listens on',
    },
    {
      name: 'a closed server',
      group: censusGroup('Server/closed', {
        _connectionKey: '6:::1:443',
        _sharedCreds: { class: 'SecureContext' },
      }),
      text: 'tls server on [::1]:443: close() was called, and it waits for its connections to end',
    },
    {
      name: 'a half-closed connection',
      group: censusGroup('TCP/accepted', {
        ...ALIVE,
        '%local': '127.0.0.1:80',
        '%peerHost': '10.0.0.9',
        '%state': 'CLOSE_WAIT',
        'owner.server': { class: 'Server' },
        'owner.server._handle': { class: 'TCP' },
      }),
      text: 'TCP from 10.0.0.9, accepted by net server 127.0.0.1:80, ended by the other side, not by this one (CLOSE_WAIT)',
      keepAlive: 1,
    },
    {
      name: 'an idle keep-alive connection of a closed server',
      group: censusGroup('TCP/accepted', {
        '%local': '127.0.0.1:80',
        '%peerHost': '10.0.0.9',
        '%state': 'ESTABLISHED',
        'owner.server': { class: 'Server' },
        'owner.server.requestTimeout': 300_000,
        'owner.parser': { class: 'HTTPParser' },
        'owner._httpMessage': null,
      }),
      text: 'TCP from 10.0.0.9, accepted by a closed http server 127.0.0.1:80, without a request',
    },
    {
      name: 'a connection that is being made',
      group: censusGroup('TCP/other', {
        '%peer': '10.0.0.7:5432',
        'owner._host': 'db',
        '%state': 'SYN_SENT',
      }),
      text: 'TCP to 10.0.0.7:5432 (db), connecting (SYN_SENT)',
      keepAlive: 1,
    },
    {
      name: 'stdout',
      group: censusGroup('Pipe/standard', { 'owner.fd': 1, '%target': 'fd 1 -> pipe:[8123]' }),
      text: 'stdout -> a pipe',
    },
    {
      name: 'stdin, which keeps the process alive while it is read',
      group: censusGroup('Pipe/stdin', { ...ALIVE, 'owner.fd': 0, '%target': 'fd 0 -> pipe:[8123]' }),
      text: 'stdin <- a pipe, being read',
      keepAlive: 1,
    },
    {
      name: 'a paused terminal',
      group: censusGroup('TTY/other', { '%fd': 0, '%target': 'fd 0 -> /dev/pts/3' }),
      text: 'stdin <- /dev/pts/3',
    },
    {
      name: 'a BroadcastChannel',
      group: censusGroup('BroadcastChannel', {
        '@kName': 'cache',
        '@kHandle.%active': true,
        '@kHandle.%refed': true,
      }),
      text: 'BroadcastChannel "cache"',
      keepAlive: 1,
    },
    {
      name: 'an interval',
      group: censusGroup(
        'Timeout',
        { _repeat: 1000, '@refed': false },
        { functions: { _onTimeout: censusFunction('tick') } },
      ),
      text: 'interval, unreferenced',
    },
    {
      name: 'a watched file',
      group: censusGroup('FSEvent', { ...ALIVE, '%path': '/srv/app/config.json' }),
      text: 'fs.watch of /srv/app/config.json',
      keepAlive: 1,
    },
    {
      name: 'a DNS query',
      group: censusGroup('QueryReqWrap', { hostname: 'db.example' }),
      text: 'DNS query for db.example',
      keepAlive: 1,
    },
  ]) {
    test(`${name}: ${text}`, () => {
      const [found] = groupsOf([group]);
      assert.equal(found?.text, text);
      assert.equal(found.keepAlive, keepAlive);
    });
  }

  test('a port of a BroadcastChannel is not listed beside it', () => {
    const channel = censusGroup('BroadcastChannel', { '@kHandle.%active': true, '@kHandle.%refed': true });
    const ports = [censusGroup('MessagePort', ALIVE, { count: 2 }), censusGroup('MessagePort', {})];
    assert.deepEqual(
      groupsOf([channel, ...ports]).map(({ text, count }) => `${count} ${text}`),
      ['1 BroadcastChannel', '1 MessagePort', '1 MessagePort, unreferenced'],
    );
  });

  test('inside TLS is listed once, as TLS', () => {
    const peer = { '%peer': '10.0.0.7:443', '%state': 'ESTABLISHED' };
    const tls = censusGroup(
      'TLSWrap/outgoing',
      { '_parent.%peer': '10.0.0.7:443', '_parent.%state': 'ESTABLISHED' },
      { count: 2 },
    );
    const inner = censusGroup('TCP/other', peer, { count: 2 });
    const plain = censusGroup('TCP/other', { ...peer, reading: true });
    assert.deepEqual(
      groupsOf([tls, inner, plain]).map(({ text, count }) => `${count} ${text}`),
      ['2 TLS to 10.0.0.7:443', '1 TCP to 10.0.0.7:443'],
    );
  });
});

describe('a child process', () => {
  const child = censusGroup('Process', { '%pid': 812, 'owner.spawnfile': '/usr/bin/node', ...ALIVE });

  test('is joined with the process of that pid, and its system call', () => {
    const process = {
      pid: 812,
      ppid: 1,
      name: 'node',
      state: 'S',
      uid: 0,
      user: 'root',
      command: { status: 'known', arguments: ['/usr/bin/node', 'converter.js'], cut: false },
      syscall: 'write(fd 1 -> pipe:[77])',
      ageMs: 1,
      cpuUserMs: 0,
      cpuSystemMs: 0,
      rssBytes: 1,
    } as const;
    const [group] = groupsOf([child], { ...NOWHERE, processes: new Map([[812, process]]) });
    assert.equal(group?.text, 'child process pid 812 node converter.js, in write(fd 1 -> pipe:[77])');
  });

  test('is named by its file where the process is not known', () => {
    assert.equal(groupsOf([child])[0]?.text, 'child process pid 812 node');
  });

  test('has the output that came in and was not read yet', () => {
    const range = (bytes: number) => ({ min: bytes, max: bytes, sum: bytes });
    const numbers = {
      'owner.stdout._readableState.length': range(1),
      'owner.stderr._readableState.length': range(5_000_000),
    };
    assert.equal(
      groupsOf([{ ...child, numbers }])[0]?.text,
      'child process pid 812 node, 1 byte of its stdout not read yet, 4.8 MB of its stderr not read yet',
    );
  });
});

describe('a list of open things', () => {
  test('is in the order of kinds, the own timers before those of Node', () => {
    const timer = (name: string, file: string, count: number): CensusGroup =>
      censusGroup(
        'Timeout',
        { '@refed': true },
        { count, functions: { _onTimeout: censusFunction(name, { file }) } },
      );
    const groups = groupsOf([
      timer('checkConnections', 'node:_http_server', 9),
      timer('tick', '/srv/app/app.js', 1),
      request({}),
    ]);
    assert.deepEqual(
      groups.map(({ kind, functions }) => functions[0]?.functionName ?? kind),
      ['server-request', 'tick', 'checkConnections'],
    );
    assert.deepEqual(
      groups.map(({ id }) => id),
      [1, 2, 3],
    );
  });

  test('says how much of it was left out', () => {
    const many = Array.from({ length: 500 }, (_, at) => request({ 'req.url': `/orders/${at}` }));
    const found = describeOpen(census(many, { groupsLeftOut: 7, objectsLeftOut: 70 }), NOWHERE, () => 1);
    assert.equal(found.groups.length + found.groupsLeftOut, 507);
    assert.equal(found.groups.length + found.thingsLeftOut, 570);
  });

  test('survives values of any shape', () => {
    const strange: readonly Plain[] = [
      '',
      'x',
      -1,
      1e300,
      true,
      false,
      null,
      { class: '' },
      { class: 'Server' },
    ];
    for (const { name, words } of OPEN_ROWS) {
      const paths = words.filter((word) => !/^[=?!]/.test(word)).map((word) => word.replace(/^[~&]/, ''));
      for (const value of strange) {
        const group = censusGroup(name, Object.fromEntries(paths.map((path) => [path, value])));
        for (const found of groupsOf([group])) assert.equal(typeof found.text, 'string', name);
      }
      groupsOf([censusGroup(name, {})]);
    }
    assert.deepEqual(groupsOf([censusGroup('constructor', {}), censusGroup('__proto__', {})]), []);
  });
});
