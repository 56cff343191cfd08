import { TRACERS } from './tracers';

/**
 * The table by which the native side recognises spans, in the format of native/image/context/context_rows.h: one row per
 * tracer. The build puts it in front of the formatter's bundle.
 */
export function contextRows(): string {
  return TRACERS.map(({ source, span, required, age, name, identifiers }) => {
    const words = [...required.map((path) => `=${path}`), ...age.map((path) => `<${path}`)];
    return `${[source, span, ...words, name, ...identifiers].join('\t')}\n`;
  }).join('');
}
