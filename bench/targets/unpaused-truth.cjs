'use strict';
// The program that unpaused-truth.mjs observes: `unpaused-truth.cjs <JSON>`, in main and in each of its workers. What
// may be said of its chains of async functions follows from how they are made: every chain has functions of its own, at
// lines of their own, and waits in a holder of its own class. Some of the chains wait for good, the others go on and
// begin again all the time. It reads its own heap (test/native/truth) and prints the JSON of a verdict per isolate.

const v8 = require('node:v8');
const vm = require('node:vm');
const { Worker, isMainThread, parentPort, workerData } = require('node:worker_threads');
const { EventEmitter } = require('node:events');
const { judge } = require('../support/unpaused-verdict.cjs');

const options = isMainThread ? JSON.parse(process.argv[2]) : workerData;
const addon = require(options.addon);
const label = isMainThread ? 'main' : options.label;
const file = `truth-${label}.js`;

let seed = options.seed + (isMainThread ? 0 : 1000 * Number(label.slice(1)));
/** A number below `limit`. */
function random(limit) {
  seed = (Math.imul(seed, 1103515245) + 12345) & 0x7fffffff;
  return (seed >>> 8) % limit;
}

v8.setFlagsFromString('--expose-gc');
const gc = vm.runInNewContext('gc');

// ---- The source of the chains

const lines = ['(function (use) {', 'const made = {};'];
/** Returns the number of its line. */
function add(text) {
  lines.push(text);
  return lines.length;
}

/** An async function whose awaits are on lines of their own. Returns these lines. */
function addFunction(head, ...awaits) {
  add(`${head} {`);
  const places = awaits.map((text) => add(`  ${text}`));
  add('}');
  return places;
}

const [sharedLine] = addFunction('async function shared(f, h)', 'await f(h);');
const [shared2Line] = addFunction('async function shared2(f, h)', 'await shared(f, h);');
const [sharedAllLine] = addFunction('async function sharedAll(f, h)', 'await Promise.all([f(h), 1]);');
add('class Base {');
const [runLine] = addFunction('  async run(f, h)', 'await f(h);');
add('}');
const [churnALine] = addFunction('async function churnInner(p)', 'await p;');
const [churnBLine] = addFunction('async function churnMiddle(p)', 'await churnInner(p);');
const [churnCLine] = addFunction('async function churnOuter(p)', 'await churnMiddle(p);');
add('made.churn = churnOuter;');

/**
 * Ways from the function that waits to the outermost one: `(slot)` adds what stands between and returns its frames,
 * how to call it, and how the function that waits leads to them.
 */
const LINKS = [
  (n) => {
    const [line] = addFunction(`async function own_${n}(f, h)`, 'await f(h);');
    return { frames: [[`own_${n}`, line]], call: `own_${n}(F, H)` };
  },
  () => ({ frames: [['shared', sharedLine]], call: 'shared(F, H)' }),
  () => ({
    frames: [
      ['shared', sharedLine],
      ['shared2', shared2Line],
    ],
    call: 'shared2(F, H)',
  }),
  () => ({ via: 'Promise.all', frames: [['sharedAll', sharedAllLine]], call: 'sharedAll(F, H)' }),
  () => ({ via: 'Promise.all', frames: [], call: 'Promise.all([F(H), 1])' }),
  () => ({ via: 'Promise.allSettled', frames: [], call: 'Promise.allSettled([F(H), 1])' }),
  () => ({ via: 'Promise.any', frames: [], call: 'Promise.any([F(H), Promise.reject(1)])' }),
  () => ({ via: 'resolve', frames: [], call: 'Promise.race([F(H), new Promise(() => {})])' }),
  () => ({ via: '.then', frames: [], call: 'F(H).then(use)' }),
  // V8 leads the one directly to the other, as with `return`.
  () => ({ frames: [], call: 'new Promise((resolve) => resolve(F(H)))' }),
  (n) => {
    const [line] = addFunction(`async function* items_${n}(f, h)`, 'await f(h);');
    return { frames: [[`items_${n}`, line]], items: `items_${n}(F, H)` };
  },
  (n) => {
    add(`class Service${n} extends Base {}`);
    return { frames: [[`Service${n}.run`, runLine]], call: `new Service${n}().run(F, H)` };
  },
];

function addSlot(n) {
  const link = LINKS[random(LINKS.length)](n);
  const [leaf] = addFunction(`async function leaf_${n}(h)`, `await h.wait(${n});`);
  const [tail] = addFunction(`async function tail_${n}(h)`, `await h.wait(${n});`);
  const awaits = [
    [`leaf_${n}`, 'a'],
    [`tail_${n}`, 'b'],
  ].map(([f, h]) => {
    const call = (link.call ?? link.items).replace('F', f).replace('H', h);
    return link.items === undefined ? `await ${call};` : `for await (const item of ${call}) use(item);`;
  });
  const tops = addFunction(`async function top_${n}(a, b)`, ...awaits);
  add(`made[${n}] = top_${n};`);
  return [
    [`leaf_${n}`, leaf],
    [`tail_${n}`, tail],
  ].map(([name, line], phase) =>
    [[name, line], ...link.frames, [`top_${n}`, tops[phase]]].map(
      ([frame, place], i) =>
        `${frame}@${file}:${place}${i === 0 && link.via !== undefined ? `|${link.via}` : ''}`,
    ),
  );
}

// ---- Where they wait

/** Holders of one kind, each of a class of its own. `ids` has the slots in the order of what is held. */
const KINDS = {
  Rotating: `queue = []; ids = [];
    hold(n, resolve) { this.queue.push(resolve); this.ids.push(n); }
    work() { for (let i = 0; i < 3 && this.ids.length > 0; i++) { this.queue.push(this.queue.shift()); this.ids.push(this.ids.shift()); } }
    take(i) { return this.queue.splice(i, 1)[0]; }`,
  Growing: `queue = []; ids = []; extra = 0;
    hold(n, resolve) { this.queue.push(resolve); this.ids.push(n); }
    work() { const more = (this.extra * 7 + 13) % 90; this.extra = more;
      for (let i = 0; i < more; i++) this.queue.push(() => more); this.queue.length -= more; }
    take(i) { return this.queue.splice(i, 1)[0]; }`,
  Front: `queue = []; ids = [];
    hold(n, resolve) { this.queue.unshift(resolve); this.ids.unshift(n); }
    work() { this.queue.unshift(() => 0, () => 1); this.queue.shift(); this.queue.shift(); }
    take(i) { return this.queue.splice(i, 1)[0]; }`,
  Copied: `queue = []; ids = [];
    hold(n, resolve) { this.queue = [...this.queue, resolve]; this.ids.push(n); }
    work() { this.queue = this.queue.slice(); }
    take(i) { const taken = this.queue[i]; this.queue = this.queue.filter((other) => other !== taken); return taken; }`,
  Quiet: `queue = []; ids = [];
    hold(n, resolve) { this.queue.push(resolve); this.ids.push(n); }
    work() {}
    take(i) { return this.queue.splice(i, 1)[0]; }`,
  Mapped: `table = new Map(); ids = []; extra = 0;
    hold(n, resolve) { this.table.set(n, resolve); this.ids.push(n); }
    work() { const more = this.extra = (this.extra * 7 + 13) % 60;
      for (let i = 0; i < more; i++) this.table.set('x' + i, use);
      for (let i = 0; i < more; i++) this.table.delete('x' + i); }
    take(i) { const n = this.ids[i]; const taken = this.table.get(n); this.table.delete(n); return taken; }`,
  Grouped: `set = new Set(); ids = [];
    hold(n, resolve) { this.set.add(resolve); this.ids.push(n); }
    work() { const [first] = this.set; if (first === undefined) return;
      this.set.delete(first); this.set.add(first); this.ids.push(this.ids.shift()); }
    take(i) { const taken = [...this.set][i]; this.set.delete(taken); return taken; }`,
  Linked: `first = null; ids = [];
    hold(n, resolve) { this.first = { resolve, next: this.first }; this.ids.unshift(n); }
    work() { if (this.first !== null) this.first = { resolve: this.first.resolve, next: this.first.next }; }
    take(i) { let before = null; let at = this.first;
      for (; i > 0; i--) { before = at; at = at.next; }
      if (before === null) this.first = at.next; else before.next = at.next;
      return at.resolve; }`,
  Emitting: `emitter = new (class EMITTER extends EventEmitter {})().setMaxListeners(0); ids = [];
    hold(n, resolve) { this.emitter.once('go' + n, resolve); this.ids.push(n); }
    work() { this.emitter.on('other', use); this.emitter.off('other', use); }
    take(i) { const n = this.ids[i]; return () => this.emitter.emit('go' + n); }`,
  Timing: `timers = new Map(); ids = [];
    hold(n, resolve) { this.timers.set(n, setTimeout(resolve, 1e8 + n)); this.ids.push(n); }
    work() { clearTimeout(setTimeout(use, 2e8)); }
    take(i) { const n = this.ids[i]; const timer = this.timers.get(n); this.timers.delete(n);
      return () => { timer._onTimeout(); clearTimeout(timer); }; }`,
};
const HOLDERS_PER_KIND = 2;

function makeHolders() {
  const make = vm.runInThisContext(
    `(function (use, EventEmitter) { return {${Object.entries(KINDS)
      .flatMap(([kind, body]) =>
        Array.from({ length: HOLDERS_PER_KIND }, (_, i) => {
          const name = `${kind}${i}`;
          const own = body.replace('EMITTER', name);
          return `${name}: new (class ${name} { ${own}
            wait(n) { return new Promise((resolve) => this.hold(n, resolve)); }
          })()`;
        }),
      )
      .join(',\n')} }; })`,
    { filename: 'holders.js' },
  );
  return Object.entries(make(use, EventEmitter));
}

let used = 0;
function use(value) {
  used += value === undefined ? 0 : 1;
}

// ---- The chains at work

const SLOTS = options.lasting + options.passing;
/** Of each slot: odd while it waits, and then its phase, 1 or 2, shifted by one; even while it changes. */
const words = new Int32Array(SLOTS);
const holders = makeHolders();
globalThis.holders = holders;
const slots = Array.from({ length: SLOTS }, (_, n) => {
  const first = random(holders.length);
  const second = (first + 1 + random(holders.length - 1)) % holders.length;
  return { n, phase: 0, generation: 0, holders: [holders[first], holders[second]], chains: addSlot(n) };
});
add('return made; })');
const made = vm.runInThisContext(lines.join('\n'), { filename: file })(use);
/** Slots whose change will be complete when the event loop turns. */
let changing = [];

function change(slot) {
  words[slot.n] = (slot.generation << 3) & 0x7ffffff8;
  slot.generation += 1;
  changing.push(slot);
}

function begin(slot) {
  change(slot);
  slot.phase = 1;
  void made[slot.n](slot.holders[0][1], slot.holders[1][1]);
}

function goOn(slot) {
  change(slot);
  const holder = slot.holders[slot.phase - 1][1];
  const place = holder.ids.indexOf(slot.n);
  const resolve = holder.take(place);
  holder.ids.splice(holder.ids.indexOf(slot.n), 1);
  slot.phase += 1;
  resolve();
}

/** In a later turn than what changed them: all promise jobs are done. */
function settle() {
  const settled = changing;
  changing = [];
  for (const slot of settled) {
    if (slot.phase > 2) begin(slot);
    else Atomics.store(words, slot.n, ((slot.generation << 3) & 0x7ffffff8) | (slot.phase << 1) | 1);
  }
}

const old = [];
const ballast = [];
function makeBallast() {
  for (let mb = 0; mb < options.ballastMb; mb += 1) {
    ballast.push(
      Array.from({ length: 9000 }, (_, i) => ({ id: i, name: `item ${i}`, tags: [i], next: null })),
    );
  }
}

function makeGarbage() {
  for (let i = random(options.garbage); i > 0; i -= 1) {
    old.push({ i, list: Array.from({ length: random(40) }, () => i), resolve: () => i });
    if (old.length > 5000) old.splice(0, 2500);
  }
  for (let i = random(8); i > 0; i -= 1) void made.churn(i % 2 === 0 ? null : Promise.resolve());
}

let turns = 0;
function turn() {
  turns += 1;
  settle();
  for (const [, holder] of holders) if (random(3) === 0) holder.work();
  makeGarbage();
  for (let i = random(options.pace); i > 0 && options.passing > 0; i -= 1) {
    const slot = slots[options.lasting + random(options.passing)];
    if ((words[slot.n] & 1) !== 0) goOn(slot);
  }
  if (ending) return;
  if (random(100) < options.restPercent) setTimeout(turn, 1 + random(8));
  else setImmediate(turn);
}

let ending = false;
/** Every slot waits, those that last in both phases, and are old objects. */
function prepare() {
  slots.forEach(begin);
  setImmediate(() => {
    settle();
    for (const slot of slots.slice(0, options.lasting)) if (slot.n % 2 === 1) goOn(slot);
    setImmediate(() => {
      settle();
      makeBallast();
      gc();
      gc();
      const problem = addon.enter(words, options.lasting);
      if (problem !== '') throw new Error(problem);
      turn();
      ready();
    });
  });
}

/** What judge() needs to know. */
const truth = {
  slots: slots.map((slot) => ({
    lasts: slot.n < options.lasting,
    chains: slot.chains,
    holders: slot.holders.map(([name]) => name),
  })),
  churn: [
    `churnInner@${file}:${churnALine}`,
    `churnMiddle@${file}:${churnBLine}`,
    `churnOuter@${file}:${churnCLine}`,
  ],
};

const workers = [];
function ready() {
  if (isMainThread) startWorkers();
  else parentPort.postMessage('ready');
}

/** One after the other: the addon numbers them in this order. */
function startWorkers() {
  if (workers.length === options.workers) return observe();
  const worker = new Worker(__filename, { workerData: { ...options, label: `w${workers.length + 1}` } });
  workers.push(worker);
  worker.once('message', startWorkers);
}

function observe() {
  if (!addon.start(options)) throw new Error('no thread');
  const until = Date.now() + options.seconds * 1000;
  const timer = setInterval(() => {
    if (Date.now() < until && !addon.isDone()) return;
    clearInterval(timer);
    finish();
  }, 50);
}

function finish() {
  const texts = addon.stop();
  ending = true;
  const truths = [truth];
  let open = workers.length;
  const done = () => {
    const verdicts = texts.map((text, i) => judge(text, truths[i]));
    process.stdout.write(`${JSON.stringify({ turns, verdicts })}\n`, () => process.exit(0));
  };
  if (open === 0) return done();
  workers.forEach((worker, i) => {
    worker.once('message', (message) => {
      truths[i + 1] = message;
      if (--open === 0) done();
    });
    worker.postMessage('end');
  });
}

if (!isMainThread) {
  parentPort.once('message', () => {
    ending = true;
    parentPort.postMessage(truth);
  });
}

prepare();
