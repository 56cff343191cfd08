import { Masker } from '../config/mask';
import { maskArguments } from '../config/mask-arguments';
import { maskCommand } from '../config/mask-command';
import { maskEnvironment } from '../config/mask-environment';
import { toMaskOptions, type MaskRules } from '../config/mask-rules';
import type { ReportFormat } from '../options';
import { areKnown } from '../report/facts';
import type {
  ConfigurationSnapshot,
  ContextValue,
  GreenThreadGroup,
  IsolateThread,
  Photograph,
  ProcessFacts,
  Unavailable,
  ViewOptions,
} from '../report/model';
import type { ProcessList } from '../report/processes';

/** What the reporter thread makes: commands, arguments and the environment are as they are. For nobody's eyes. */
export interface RawPhotograph extends Omit<Photograph, 'view'> {
  readonly view: RawViewOptions;
}

/** What the formatter is told besides. */
export interface RawViewOptions extends ViewOptions {
  readonly mask: MaskRules;
  readonly formats: readonly ReportFormat[];
  /** Documents that cannot be cut anywhere are made smaller than this. */
  readonly maxBytes: number;
}

/**
 * The photograph as everybody may see it. The native side reads the commands of other processes while no event loop may
 * turn, and setup has no time for it, so this is the place that masks what a service did not make itself for a report.
 * What is to be masked is taken out too: it may name secrets.
 */
export function maskPhotograph(raw: RawPhotograph): Photograph {
  const { mask, frameOrder } = raw.view;
  const masker = new Masker(toMaskOptions(mask));
  return {
    ...raw,
    view: { frameOrder },
    facts: maskFacts(raw.facts, masker),
    configuration: maskConfiguration(raw.configuration, masker),
    processes: maskProcesses(raw.processes, masker),
    isolates: raw.isolates.map((isolate) => maskIsolate(isolate, masker)),
  };
}

/** The facts without secrets in what the process was started with. */
export function maskFacts<Facts extends ProcessFacts | Unavailable>(
  facts: Facts,
  masker: Masker,
): ProcessFacts | Facts {
  if (!areKnown(facts)) return facts;
  const { argv, execArgv, nodeOptions } = facts;
  return {
    ...facts,
    argv: maskArguments(argv, masker),
    execArgv: maskArguments(execArgv, masker),
    nodeOptions: nodeOptions === null ? null : maskCommand([nodeOptions], masker).join(' '),
  };
}

/** What is no section of the service is masked where it is read. Only the snapshot of the setup was not. */
function maskConfiguration(
  configuration: ConfigurationSnapshot | Unavailable,
  masker: Masker,
): ConfigurationSnapshot | Unavailable {
  if (configuration.status !== 'known' || configuration.environment.policy !== 'safe') return configuration;
  return { ...configuration, environment: maskEnvironment(configuration.environment, masker) };
}

function maskProcesses(list: ProcessList | Unavailable, masker: Masker): ProcessList | Unavailable {
  if (list.status === 'unavailable') return list;
  const processes = list.processes.map((process) => {
    const { command } = process;
    // A process may call itself what it likes, a title with a secret too.
    const named = { ...process, name: masker.text(process.name) };
    if (command.status === 'unavailable') return named;
    return { ...named, command: { ...command, arguments: maskCommand(command.arguments, masker) } };
  });
  return { ...list, processes };
}

/** What an await waits for may name a URL, and values of an `AsyncLocalStorage` may be secret. */
function maskIsolate(isolate: IsolateThread, masker: Masker): IsolateThread {
  const { greenThreads } = isolate;
  if (greenThreads.status === 'unavailable') return isolate;
  const groups = greenThreads.groups.map((group) => maskGroup(group, masker));
  return { ...isolate, greenThreads: { ...greenThreads, groups } };
}

function maskGroup(group: GreenThreadGroup, masker: Masker): GreenThreadGroup {
  const waitsFor = group.waitsFor === null ? null : masker.text(group.waitsFor);
  return { ...group, waitsFor, context: group.context.map((value) => maskContext(value, masker)) };
}

/** By the name of the key, like a member of the configuration. */
function maskContext(value: ContextValue, masker: Masker): ContextValue {
  const { key, kind, text } = value;
  return kind === 'boolean' || kind === 'null' ? value : { ...value, text: masker.named(key, text) };
}
