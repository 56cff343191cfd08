'use strict';
// Dumps with wrong layouts, thousands of times: must end, and in time.
//
//   node fuzz.cjs <green.node> [runs] [seed]
const shapes = require('./shapes.cjs');
const compiled = require('./compiled.cjs');

const addon = require(process.argv[2]);
const runs = Number(process.argv[3] ?? 1000);
const seed = Number(process.argv[4] ?? Date.now() % 1_000_000);
const SLOWEST_MS = 5000;

setTimeout(() => {
  const problem = addon.prepare();
  const result = addon.fuzz(seed, runs);
  console.log(JSON.stringify({ node: process.version, problem, seed, ...result, kept: shapes.keep.length }));
  process.exit(problem === '' && result.runs === runs && result.slowestMs < SLOWEST_MS ? 0 : 1);
}, 100);
module.exports = compiled;
