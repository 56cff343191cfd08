import { explainNativeWait, explainWait } from '../explain/explain';
import type { Gate } from '../masking/gate';
import type { RawOf } from '../masking/raw';
import type { AsyncFrame } from '../report/model';
import { type HeldValue, type Wait, type WaitAnswer, type WaitHolder, waitText } from '../report/waits';

/** What a group waits for, explained and masked. */
export function maskWait(
  raw: RawOf<Wait>,
  gate: Gate,
  innermost?: AsyncFrame,
): { readonly waits: Wait; readonly waitsFor: string | null } {
  const masked: Wait = {
    via: gate.textOrNull(raw.via),
    answers: raw.answers.map((answer) => maskAnswer(answer, gate)),
    rest: gate.text(raw.rest),
  };
  // Parts are masked before they are joined: a part of a secret does not look like one.
  const waits = withoutTexts(explainNativeWait(explainWait(masked), innermost));
  const text = waitText(waits);
  return { waits, waitsFor: text === '' ? null : text };
}

function maskAnswer(raw: RawOf<WaitAnswer>, gate: Gate): WaitAnswer {
  return {
    before: gate.text(raw.before),
    text: gate.text(raw.text),
    after: gate.text(raw.after),
    library: null,
    counts: null,
    resource: raw.resource,
    holders: raw.holders.map((holder) => maskHolder(holder, gate)),
  };
}

function maskHolder(raw: RawOf<WaitHolder>, gate: Gate): WaitHolder {
  return {
    kind: raw.kind,
    className: gate.codeOrNull(raw.className),
    functionName: gate.codeOrNull(raw.functionName),
    file: gate.codeOrNull(raw.file),
    // The key of an object that serves as a table is data.
    member: gate.textOrNull(raw.member),
    knownAs: gate.codeOrNull(raw.knownAs),
    values: gate.record<HeldValue>(raw.values, (value, path) => maskValue(value, path, gate)),
  };
}

function maskValue({ kind, text }: RawOf<HeldValue>, path: string, gate: Gate): HeldValue {
  const name = path.split('.').at(-1) ?? path;
  return { kind, text: kind === 'object' ? gate.code(text) : gate.contextValue(name, kind, text) };
}

/** Strings only serve the explanations: SQL, for example, has values in it. */
function withoutTexts(wait: Wait): Wait {
  const strip = (holder: WaitHolder): WaitHolder => ({
    ...holder,
    values: Object.fromEntries(Object.entries(holder.values).filter(([, { kind }]) => kind !== 'string')),
  });
  return {
    ...wait,
    answers: wait.answers.map((answer) => ({ ...answer, holders: answer.holders.map(strip) })),
  };
}
