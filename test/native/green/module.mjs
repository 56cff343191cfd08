// Top-level await of a module.
const held = new Promise(() => {});
async function inModule(p) {
  /*@inModule inModule*/ await p;
}
//= 1x inModule < topLevel
globalThis.greenModule = held;
/*@topLevel*/ await inModule(held);
