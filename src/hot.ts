/*
 * What runs in every process that only sets gmr-native up; for the entries of the package.
 *
 * Node takes about a third of a millisecond per module file, and setup has five in all. So `scripts/build-hot.mjs`
 * puts these modules into one file, with src/index.ts. All that they import must be named here; what they load by
 * `require` when it is needed stays a file of its own.
 */
export * from './addon/load';
export * from './addon/whole-binary';
export * from './autorun/register-section';
export * from './autorun/register-worker';
export * from './autorun/report-channel';
export * from './autorun/reporter-link';
export * from './autorun/setup';
export * from './autorun/signal-listeners';
export * from './autorun/thread-identity';
export * from './autorun/worker-patch';
export * from './deferred';
export * from './errors';
export * from './escape';
export * from './green-thread-options';
export * from './guard';
export * from './option-rules';
export * from './options';
export * from './paths';
export * from './sections/environment';
export * from './report/tools';
export * from './sections/package-facts';
export * from './sections/process-facts';
export * from './sections/registry';
export * from './version';
