'use strict';
// Dumps with limits that are too small. Prints one line of JSON.
//
//   node limits.cjs <green.node>
const shapes = require('./shapes.cjs');

const addon = require(process.argv[2]);

async function deep(depth) {
  if (depth === 0) await shapes.never();
  else await deep(depth - 1);
}

setTimeout(() => {
  const problem = addon.prepare();
  shapes.start(deep(20));
  const cut = addon.dump({ maxGroups: 2 });
  const all = addon.dump({ maxFrames: 3 });
  const group = all.groups.find((one) => one.frames[0].name === 'deep');
  const tell = (dump) => `${dump.status}: ${dump.reason}`;
  const result = {
    problem,
    cut: { ...cut, groups: cut.groups.length },
    frames: { kept: group.frames.length, cutCount: group.cutCount, cutAfter: group.cutAfter },
    tooLarge: tell(addon.dump({ maxHeapMb: 1 })),
    tooLate: tell(addon.dump({ maxPauseMs: 0 })),
  };
  console.log(JSON.stringify(result));
  process.exit(0);
}, 100);
