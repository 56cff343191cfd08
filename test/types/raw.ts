/*
 * Compiled, never run: shows that text from outside cannot reach a view before it is masked, and that code that forgets
 * to mask a field does not compile.
 */
import type { Gate } from '../../src/masking/gate';
import type { Raw, RawOf } from '../../src/masking/raw';
import type { RawPhotograph } from '../../src/formatter/mask-photograph';
import type {
  ContextValue,
  EnvironmentSnapshot,
  Frame,
  GreenThreadGroup,
  OsThread,
  Photograph,
  ProcessFacts,
  SectionOutcome,
  SectionValue,
  Trigger,
} from '../../src/report/model';
import type { ProcessInfo } from '../../src/report/processes';

export function refusals(raw: RawPhotograph, gate: Gate): unknown[] {
  const text: Raw = raw.reportId;
  // @ts-expect-error text from outside is not a string
  const shown: string = text;
  // @ts-expect-error a string does not count as text from outside
  const arrived: Raw = 'text';
  // @ts-expect-error a view does not accept the photograph as it arrives
  const photograph: Photograph = raw;
  // @ts-expect-error text from outside cannot be concatenated
  const joined: string = text + text;
  return [shown, arrived, photograph, joined, gate.text(text)];
}

interface RawParts {
  readonly thread: RawOf<OsThread>;
  readonly command: RawOf<ProcessInfo>;
  readonly facts: RawOf<ProcessFacts>;
  readonly group: RawOf<GreenThreadGroup>;
  readonly value: RawOf<ContextValue>;
  readonly frame: RawOf<Frame>;
  readonly environment: RawOf<EnvironmentSnapshot>;
}

/** In each of these, one field was forgotten. */
export function forgotten(
  gate: Gate,
  { thread, command, facts, group, value, frame, environment }: RawParts,
): unknown[] {
  // @ts-expect-error the description of the system call
  const os: OsThread = { ...thread, name: gate.text(thread.name), state: gate.text(thread.state) };
  // @ts-expect-error the command line
  const info: ProcessInfo = { ...command, name: '', state: '', user: null };
  // @ts-expect-error the arguments
  const argv: ProcessFacts['argv'] = facts.argv;
  // @ts-expect-error the arguments of Node
  const execArgv: ProcessFacts['execArgv'] = facts.execArgv;
  // @ts-expect-error what an await waits for
  const waits: GreenThreadGroup = { ...group, context: [], frames: [] };
  // @ts-expect-error the value of an AsyncLocalStorage
  const context: ContextValue = { ...value, key: 'x' };
  // @ts-expect-error the file of a frame
  const place: Frame = { ...frame, functionName: gate.code(frame.functionName) };
  // @ts-expect-error the variables
  const variables: EnvironmentSnapshot = environment;
  return [os, info, argv, execArgv, waits, context, place, variables];
}

export function forgottenUnions(
  gate: Gate,
  trigger: RawOf<Trigger>,
  section: RawOf<SectionOutcome>,
  tree: RawOf<SectionValue>,
): unknown[] {
  // @ts-expect-error the error of a fatal trigger, the path of a file trigger
  const cause: Trigger = trigger;
  // @ts-expect-error the value, or the reason
  const outcome: SectionOutcome = { ...section, title: gate.text(section.title) };
  // @ts-expect-error a tree is as raw as its leaves
  const value: SectionValue = tree;
  return [cause, outcome, value];
}
