import type { Photograph } from '../report/model';
import { banner, endMarker, foreignBanner, guarded, printed, type Line, type OwnTitle } from './layout';
import { renderGreenThreads } from './text-green-threads';
import { renderOpen } from './text-open';
import { renderOverview, renderPackage } from './text-overview';
import { renderConfiguration, renderSection } from './text-sections';
import { renderProcesses } from './text-processes';
import { renderThreads } from './text-threads';

/**
 * The text report: what every thread does, what runs here, how it is configured. Ends with a line that marks its end.
 * A section that cannot be printed says so in its place, and the others appear.
 */
export function renderText(photograph: Photograph): string {
  const lines: string[] = [];
  const addSection = (above: readonly string[], render: () => readonly Line[]): void => {
    for (const line of above) lines.push(line);
    for (const line of guarded(render)) lines.push(printed(line));
    lines.push('');
  };
  const add = (title: OwnTitle, render: () => readonly Line[]): void => addSection(banner(title), render);
  add('Guru Meditation', () => renderOverview(photograph));
  add('Package', () => renderPackage(photograph));
  add('Threads', () => renderThreads(photograph));
  add('Green Threads', () => renderGreenThreads(photograph));
  add('What Is Open', () => renderOpen(photograph));
  add('Processes', () => renderProcesses(photograph.processes));
  add('Configuration', () => renderConfiguration(photograph));
  for (const section of photograph.sections) {
    addSection(foreignBanner(section.title), () => renderSection(section));
  }
  lines.push(endMarker(photograph.reportId), '');
  return lines.join('\n');
}
