import { cutMasked } from '../mark';
import { Gate } from '../masking/gate';
import { Masker } from '../masking/mask';
import { MAX_SHOWN_LENGTH } from '../masking/mask-environment';
import { toMaskOptions, type MaskRules } from '../masking/mask-rules';
import type { Raw, RawOf } from '../masking/raw';
import type { ReportFormat } from '../options';
import type {
  ConfigurationSnapshot,
  EnvironmentSnapshot,
  GitCommit,
  Photograph,
  ProcessFacts,
  SectionOutcome,
  Trigger,
  Unavailable,
  ViewOptions,
} from '../report/model';
import type { ProcessInfo, ProcessList } from '../report/processes';
import { withPoolState } from '../report/pool-state';
import { describeIsolates } from './describe-isolates';
import { maskIsolate, maskOtherThread, maskUnavailable, type RawIsolate } from './mask-threads';

/** The data that the reporter thread collects. All text in it is {@link Raw}, so no view can print it. */
export interface RawPhotograph extends RawOf<Omit<Photograph, 'view' | 'isolates' | 'gitCommit'>> {
  readonly isolates: readonly RawIsolate[];
  readonly view: RawViewOptions;
}

/** Settings for the formatter. */
export interface RawViewOptions extends ViewOptions {
  readonly mask: MaskRules;
  readonly formats: readonly ReportFormat[];
  /** Documents that cannot be cut anywhere are made smaller than this. */
  readonly maxBytes: number;
  /** Largest size of the document that the process keeps for those who read it from outside; 0: none is made. */
  readonly keepBytes: number;
}

/**
 * Returns the photograph without secrets. Everything that reaches a view passes through here, and only here. Data that
 * the main thread has already masked (sections, configuration, a fatal error) are masked again, which changes nothing.
 *
 * The masking rules themselves are dropped: they may name secrets.
 */
export function maskPhotograph(raw: RawPhotograph, gitCommit: GitCommit | null = null): Photograph {
  const gate = new Gate(new Masker(toMaskOptions(raw.view.mask)));
  const processes = maskProcesses(raw.processes, gate);
  const isolates = raw.isolates.map((isolate) => maskIsolate(isolate, gate));
  const otherThreads = raw.otherThreads.map((thread) => maskOtherThread(thread, gate));
  return {
    ...raw,
    reportId: gate.text(raw.reportId),
    trigger: maskTrigger(raw.trigger, gate),
    view: { frameOrder: raw.view.frameOrder, frames: raw.view.frames },
    facts: maskFacts(raw.facts, gate),
    gitCommit,
    configuration: maskConfiguration(raw.configuration, gate),
    processes,
    isolates: withPoolState(describeIsolates(isolates, processes), otherThreads),
    otherThreads,
    sections: raw.sections.map((section) => maskSection(section, gate)),
  };
}

function maskTrigger(raw: RawOf<Trigger>, gate: Gate): Trigger {
  switch (raw.kind) {
    case 'signal':
      return { ...raw, signal: gate.text(raw.signal) };
    case 'file':
      return { ...raw, path: gate.text(raw.path) };
    case 'watchdog':
      return { ...raw, threadName: gate.text(raw.threadName) };
    case 'fatal':
      return { ...raw, error: gate.text(raw.error) };
    case 'api':
      return raw;
  }
}

/** The identity of the process, without secrets in its arguments. */
export function maskFacts(raw: RawOf<ProcessFacts | Unavailable>, gate: Gate): ProcessFacts | Unavailable {
  // As in areKnown(): of the two, only the reason for missing facts has a status.
  if ('status' in raw) return maskUnavailable(raw, gate);
  return {
    ...raw,
    serviceName: gate.text(raw.serviceName),
    package: {
      product: gate.text(raw.package.product),
      vendor: gate.textOrNull(raw.package.vendor),
      version: gate.text(raw.package.version),
      // `gmr trigger` searches this folder, so it must stay exact.
      root: gate.codeOrNull(raw.package.root),
    },
    deployment: gate.record<string>(raw.deployment, (value, name) => gate.named(name, value)),
    versions: gate.record<string>(raw.versions, (version) => gate.text(version)),
    platform: gate.text(raw.platform),
    arch: gate.text(raw.arch),
    argv: gate.command(raw.argv),
    execArgv: gate.command(raw.execArgv),
    execPath: gate.text(raw.execPath),
    cwd: gate.text(raw.cwd),
    mainScript: gate.codeOrNull(raw.mainScript),
    host: gate.text(raw.host),
    nodeOptions: raw.nodeOptions === null ? null : gate.command([raw.nodeOptions]).join(' '),
    gmrVersion: gate.text(raw.gmrVersion),
  };
}

function maskConfiguration(
  raw: RawOf<ConfigurationSnapshot | Unavailable>,
  gate: Gate,
): ConfigurationSnapshot | Unavailable {
  if (raw.status === 'unavailable') return maskUnavailable(raw, gate);
  return {
    ...raw,
    objects: gate.value(raw.objects) as ConfigurationSnapshot['objects'],
    failures: gate.record<string>(raw.failures, (reason) => gate.text(reason)),
    environment: maskEnvironment(raw.environment, gate),
  };
}

/** Under the policy `safe`, names on the allow-list are not secret even if they sound so (`PWD`); values may be. */
function maskEnvironment(raw: RawOf<EnvironmentSnapshot>, gate: Gate): EnvironmentSnapshot {
  const show = (name: string, value: Raw): string => {
    switch (raw.policy) {
      case 'all':
        return gate.asConfigured(value);
      case 'safe':
        return gate.variable(name, value);
      default:
        return gate.named(name, value);
    }
  };
  const variables = Object.fromEntries(
    Object.entries(raw.variables).map(
      ([name, value]) =>
        [name, value === null ? null : cutMasked(show(name, value), MAX_SHOWN_LENGTH)] as const,
    ),
  );
  return { ...raw, variables };
}

function maskSection({ title, result }: RawOf<SectionOutcome>, gate: Gate): SectionOutcome {
  return { title: gate.text(title), result: maskResult(result, gate) };
}

function maskResult(raw: RawOf<SectionOutcome['result']>, gate: Gate): SectionOutcome['result'] {
  switch (raw.status) {
    case 'ok':
      return { ...raw, value: gate.value(raw.value) };
    case 'failed':
    case 'timed-out':
      return { ...raw, reason: gate.text(raw.reason) };
    case 'unavailable':
      return maskUnavailable(raw, gate);
  }
}

function maskProcesses(raw: RawOf<ProcessList | Unavailable>, gate: Gate): ProcessList | Unavailable {
  if (raw.status === 'unavailable') return maskUnavailable(raw, gate);
  return { ...raw, processes: raw.processes.map((process) => maskProcess(process, gate)) };
}

function maskProcess(raw: RawOf<ProcessInfo>, gate: Gate): ProcessInfo {
  const { command } = raw;
  return {
    ...raw,
    // A process may call itself anything, including a title with a secret in it.
    name: gate.text(raw.name),
    state: gate.text(raw.state),
    user: gate.textOrNull(raw.user),
    syscall: raw.syscall === null ? null : gate.phrase(raw.syscall),
    command:
      command.status === 'unavailable'
        ? maskUnavailable(command, gate)
        : { ...command, arguments: gate.command(command.arguments) },
  };
}
