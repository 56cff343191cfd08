'use strict';
// What may be said of the chains of targets/unpaused-truth.cjs, and what was said of them.

const ABSENCE = /can resolve any more|about to go on/;
/** The search says that it gave up. */
const GAVE_UP = /^something that was not followed to the end/;
const HOLDER = /\b(?:Rotating|Growing|Front|Copied|Quiet|Mapped|Grouped|Linked|Emitting|Timing)\d+\b/g;
const TIMER = /^timer (-?\d+) ms/;
const IS_EXACT = { paused: true, 'at-rest': true, running: false, scavenged: false, partial: false };
/** Of each kind of error. */
const MOST_EVIDENCE = 10;

/** Whether `frames` are the inner or the outer end of `chain`, or all of it. */
function isPart(frames, chain) {
  if (frames.length === 0 || frames.length > chain.length) return false;
  const inner = chain.slice(0, frames.length);
  // The outermost function leads nowhere.
  inner[inner.length - 1] = inner[inner.length - 1].split('|')[0];
  const outer = chain.slice(chain.length - frames.length);
  return [inner, outer].some((part) => part.join(';') === frames.join(';'));
}

/** Whether `frames` follow each other in one of the chains; behind them there may be a callback that was to come. */
function isSomePart(frames, chains) {
  const own = frames.filter((frame) => !frame.startsWith('use@')).map((frame) => frame.split('|')[0]);
  return chains.some((chain) =>
    chain.some((_, i) =>
      own.every((frame, n) => chain[i + n] !== undefined && chain[i + n].split('|')[0] === frame),
    ),
  );
}

/** Returns the kind of error, 'cut' or ''. */
function chainError({ mode, phase, count, frames }, slot) {
  const said = frames.join(';');
  // A slot has one chain at a time.
  if (count > 1) return 'double';
  // The section says that functions and callers are missing.
  if (mode === 'partial') return isSomePart(frames, slot.chains) ? '' : 'chain';
  if (phase === 0) {
    const chains =
      mode === 'scavenged'
        ? slot.chains.flatMap((chain) => [chain, chain.map((frame) => frame.replace(/^Service\d+\./, ''))])
        : slot.chains;
    return chains.some((chain) => isPart(frames, chain)) ? '' : 'chain';
  }
  const chain = slot.chains[phase - 1];
  if (said === chain.join(';')) return '';
  // Its receiver was moved, so that its class is not known.
  if (mode === 'scavenged' && said === chain.join(';').replace(/Service\d+\./, '')) return 'cut';
  if (!slot.chains.some((one) => isPart(frames, one))) return 'chain';
  // The functions that it waits for were suspended only just now and moved, which the section says may happen.
  return mode === 'scavenged' && chain.join(';').endsWith(`;${said}`) ? 'cut' : 'torn';
}

/** What the innermost function waits for: returns the kind of error, '', 'unsure' or 'vague'. */
function labelError({ mode, phase, label, frames, slotNumber }, slot) {
  if (label === '' || GAVE_UP.test(label)) return 'unsure';
  if (ABSENCE.test(label)) {
    if (!IS_EXACT[mode] || phase > 0) return 'absence';
    return '';
  }
  if (label.includes(':0:0')) return 'invented';
  const chain = slot.chains.findIndex((one) => one[0].split('|')[0] === frames[0].split('|')[0]);
  // Its callee runs, and nobody else holds what it waits for.
  if (chain < 0) return 'holder';
  const holder = slot.holders[chain];
  const timer = TIMER.exec(label);
  if (timer !== null)
    return holder.startsWith('Timing') && Number(timer[1]) === 1e8 + slotNumber ? '' : 'holder';
  const named = label.match(HOLDER) ?? [];
  if (named.some((name) => name !== holder)) return 'holder';
  return named.length === 0 ? 'vague' : '';
}

function churnError({ mode, label, frames }, churn) {
  const said = frames.join(';');
  const parts = [0, 1, 2].flatMap((i) => [i + 1, i + 2, i + 3].map((j) => churn.slice(i, j).join(';')));
  if (!parts.includes(said)) return 'chain';
  if (label === '' || GAVE_UP.test(label) || (IS_EXACT[mode] && ABSENCE.test(label))) return '';
  return ABSENCE.test(label) ? 'absence' : 'holder';
}

function parse(line) {
  const [, times, first, mode, slot, phase, count, flag, label, text] = line.split('\t');
  return {
    times: Number(times),
    first: Number(first),
    mode,
    slotNumber: Number(slot),
    phase: Number(phase),
    count: Number(count),
    flag,
    label,
    frames: text.split(';').filter((frame) => frame !== ''),
  };
}

/** `text` is what Tally::ToText() says. */
function judge(text, truth) {
  const counts = { chains: 0, unsure: 0, vague: 0, cut: 0 };
  const wrong = {};
  const evidence = [];
  const vague = {};
  const addWrong = (kind, said) => {
    const key = `${IS_EXACT[said.mode] ? 'exact ' : ''}${kind}`;
    wrong[key] = (wrong[key] ?? 0) + said.times;
    if (evidence.filter(({ kind: other }) => other === key).length >= MOST_EVIDENCE) return;
    evidence.push({ kind: key, said, truth: truth.slots[said.slotNumber] ?? truth.churn });
  };
  for (const line of text.split('\n')) {
    if (line.startsWith('count\t')) {
      const [, name, count] = line.split('\t');
      counts[name] = Number(count);
    }
    if (!line.startsWith('said\t')) continue;
    const said = parse(line);
    if (said.flag === 'missing') {
      addWrong('missing', said);
      continue;
    }
    counts.chains += said.times;
    if (said.flag === 'deadlock') addWrong('deadlock', said);
    const slot = truth.slots[said.slotNumber];
    if (slot === undefined) {
      const chains = truth.slots.flatMap((one) => one.chains);
      if (said.mode === 'partial' && said.label === '' && isSomePart(said.frames, chains)) continue;
      const error = churnError(said, truth.churn);
      if (error !== '') addWrong(error, said);
      continue;
    }
    const error = chainError(said, slot);
    if (error === 'cut') counts.cut += said.times;
    else if (error !== '') addWrong(error, said);
    const about = labelError(said, slot);
    if (about === 'unsure') counts.unsure += said.times;
    else if (about === 'vague') {
      counts.vague += said.times;
      const key = `${said.mode}: ${slot.holders.map((name) => name.replace(/\d/, '')).join('/')}: ${said.label}`;
      vague[key] = (vague[key] ?? 0) + said.times;
    } else if (about !== '') addWrong(about, said);
  }
  return { counts, wrong, evidence, vague };
}

module.exports = { judge };
