'use strict';
// Every shape of a wait. A comment `/*@id Name*/` stands at the place that a dump must name; a line
// `//=` and a chain, innermost first, as `2x a < b [Promise.all] < c`, says how
// often that chain must be found.
const keep = [];
/** What nobody could resolve and nobody held would be garbage, and the functions that wait for it too. */
const never = () => {
  const promise = new Promise(() => {});
  keep.push(promise);
  return promise;
};
const start = (...promises) => keep.push(...promises);
const held = never();

// Functions and methods of every kind.
async function declared(p) {
  /*@declared declared*/ await p;
}
const arrow = async (p) => /*@arrow arrow*/ await p;
const assigned = async function (p) {
  /*@assigned assigned*/ await p;
};
//= 2x declared
//= 1x arrow
//= 1x assigned
start(declared(never()), declared(never()), arrow(never()), assigned(never()));

//= 1x anonymous
start((async (p) => /*@anonymous*/ await p)(never()));

class Base {
  async inherited(p) {
    /*@inherited Derived.inherited*/ await p;
  }
  static async still(p) {
    /*@still Base.still*/ await p;
  }
  async #secret(p) {
    /*@secret Base.#secret*/ await p;
  }
  async open(p) {
    /*@open Base.open*/ await this.#secret(p);
  }
  async ['com' + 'puted'](p) {
    /*@computed Base.computed*/ await p;
  }
  async *values(p) {
    /*@values Base.values*/ await p;
    yield 1;
  }
}
class Derived extends Base {}
//= 1x inherited
//= 1x still
//= 1x secret < open
//= 1x computed
//= 1x values
const base = new Base();
start(new Derived().inherited(never()), Base.still(never()), base.open(never()), base.computed(never()));
start(base.values(never()).next());

const literal = {
  async method(p) {
    /*@method method*/ await p;
  },
};
//= 1x method
start(literal.method(never()));

// Chains.
async function child(p) {
  /*@child child*/ await p;
}
async function viaAwait(p) {
  /*@viaAwait viaAwait*/ await child(p);
}
async function viaAll(p) {
  /*@viaAll viaAll*/ await Promise.all([child(p), child(never()), 1]);
}
async function viaSettled(p) {
  /*@viaSettled viaSettled*/ await Promise.allSettled([child(p)]);
}
async function viaAny(p) {
  /*@viaAny viaAny*/ await Promise.any([child(p)]);
}
async function viaRace(p) {
  /*@viaRace viaRace*/ await Promise.race([child(p), never()]);
}
async function viaThen(p) {
  /*@viaThen viaThen*/ await child(p).then((x) => x);
}
async function viaCatch(p) {
  /*@viaCatch viaCatch*/ await child(p).catch(() => {});
}
async function viaFinally(p) {
  /*@viaFinally viaFinally*/ await child(p).finally(() => {});
}
async function viaMany(p) {
  /*@viaMany viaMany*/ await child(p)
    .then((x) => x)
    .catch(() => {})
    .finally(() => {});
}
async function returned(p) {
  return child(p);
}
async function viaReturn(p) {
  /*@viaReturn viaReturn*/ await returned(p);
}
async function outer(p) {
  /*@outer outer*/ await viaAwait(p);
}
//= 1x child < viaAwait
//= 2x child [Promise.all] < viaAll
//= 1x child [Promise.allSettled] < viaSettled
//= 1x child [Promise.any] < viaAny
//= 1x child [resolve] < viaRace
//= 1x child [.then] < viaThen
//= 1x child [.then] < viaCatch
//= 1x child < viaFinally
//= 1x child [.then] < viaMany
//= 1x child < viaReturn
//= 1x child < viaAwait < outer
start(viaAwait(never()), viaAll(never()), viaSettled(never()), viaAny(never()), viaRace(never()));
start(viaThen(never()), viaCatch(never()), viaFinally(never()), viaMany(never()), viaReturn(never()));
start(outer(never()));

//= 3x deepest < recursive < recursive < recursive < recursive
async function recursive(depth) {
  if (depth === 0) /*@deepest recursive*/ await never();
  else /*@recursive recursive*/ await recursive(depth - 1);
}
start(recursive(4), recursive(4), recursive(4));

// A callback at the root.
async function rooted(p) {
  /*@rooted rooted*/ await p;
}
//= 1x rooted < onRooted
start(rooted(never()).then(function onRooted/*@onRooted onRooted*/() {}));

// Several waiters of one promise: the first is the caller, the others stand alone.
async function shared(p) {
  /*@shared shared*/ await p;
}
async function waiter1(p) {
  /*@waiter1 waiter1*/ await p;
}
async function waiter2(p) {
  /*@waiter2 waiter2*/ await p;
}
//= 1x shared < waiter1
//= 1x waiter2
const sharedPromise = shared(never());
start(waiter1(sharedPromise), waiter2(sharedPromise));
//= 3x sameSource
async function sameSource(p) {
  /*@sameSource sameSource*/ await p;
}
start(sameSource(held), sameSource(held), sameSource(held));

// Async generators.
async function* source(p) {
  yield 1;
  /*@source source*/ await p;
  yield 2;
}
async function* delegating(p) {
  /*@delegating delegating*/ yield* source(p);
}
async function consumer(p) {
  for await (const /*@consumer consumer*/ item of source(p)) keep.push(item);
}
async function delegatingConsumer(p) {
  for await (const /*@delegatingConsumer delegatingConsumer*/ item of delegating(p)) keep.push(item);
}
async function syncConsumer(p) {
  for await (const /*@syncConsumer syncConsumer*/ item of [p]) keep.push(item);
}
async function* twice(p) {
  /*@twice twice*/ await p;
  yield 1;
}
async function askTwice(p) {
  const values = twice(p);
  /*@askTwice askTwice*/ await Promise.all([values.next(), values.next()]);
}
//= 1x source < consumer
//= 1x source < delegating < delegatingConsumer
//= 1x syncConsumer
//= 1x twice [Promise.all] < askTwice
start(consumer(never()), delegatingConsumer(never()), syncConsumer(never()), askTwice(never()));

// Thenables and subclasses.
class Sub extends Promise {}
async function onThenable(p) {
  /*@onThenable onThenable*/ await { then: (resolve) => p.then(resolve) };
}
async function childOfThenable(p) {
  /*@childOfThenable childOfThenable*/ await p;
}
async function onThenableOfChild(p) {
  const inner = childOfThenable(p);
  /*@onThenableOfChild onThenableOfChild*/ await { then: (resolve) => inner.then(resolve) };
}
async function onSub(p) {
  /*@onSub onSub*/ await new Sub((resolve) => child(p).then(resolve));
}
//= 1x onThenable
//= 1x childOfThenable [resolve] < onThenableOfChild
//= 1x child [resolve] < onSub
start(onThenable(never()), onThenableOfChild(never()), onSub(never()));

// Places of an await.
async function inCatch(p) {
  try {
    throw new Error('for the catch');
  } catch {
    /*@inCatch inCatch*/ await p;
  }
}
async function inFinally(p) {
  try {
    keep.push(p);
  } finally {
    /*@inFinally inFinally*/ await p;
  }
}
async function second(p) {
  await 1;
  const x = 1 + (/*@second second*/ await p);
  return x;
}
async function inTemplate(p) {
  return `a ${/*@inTemplate inTemplate*/ await p} b`;
}
async function conditional(p) {
  return p ? /*@conditional conditional*/ await p : await 1;
}
async function inDefault(p, x = 2) {
  const inner = async (y = p) => /*@inDefault inner*/ await y;
  const y = x + (/*@ofInner inDefault*/ await inner());
  return y;
}
//= 1x inCatch
//= 1x inFinally
//= 1x second
//= 1x inTemplate
//= 1x conditional
//= 1x inDefault < ofInner
start(inCatch(never()), inFinally(never()), second(never()), inTemplate(never()), conditional(never()));
start(inDefault(never()));

// Deadlocks.
let first;
let other;
async function lockA() {
  await 0;
  /*@lockA lockA*/ await other;
}
async function lockB() {
  await 0;
  /*@lockB lockB*/ await first;
}
//= 1x deadlock lockA < lockB
first = lockA();
other = lockB();
let own;
async function itself() {
  await 0;
  /*@itself itself*/ await own;
}
//= 1x deadlock itself
own = itself();

// No longer waiting: must not be listed.
let free;
const finished = (async (p) => {
  await p;
})(new Promise((resolve) => (free = resolve)));
free();
async function* idle() {
  yield 1;
  yield 2;
}
const idleGenerator = idle();
start(finished, idleGenerator.next());

module.exports = { keep, never, start };
