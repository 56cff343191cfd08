import type { Photograph } from '../report/model';
import { banner, endMarker, guarded } from './layout';
import type { Surroundings } from './source-lookup';
import { renderGreenThreads } from './text-green-threads';
import { renderOverview, renderPackage } from './text-overview';
import { renderConfiguration, renderSection } from './text-sections';
import { renderProcesses } from './text-processes';
import { renderThreads } from './text-threads';

/**
 * The text report: what every thread does, what runs here, how it is configured. Ends with a line that marks its end.
 * A section that cannot be printed says so in its place, and the others appear.
 */
export function renderText(photograph: Photograph, around: Surroundings): string {
  const lines: string[] = [];
  const add = (title: string, render: () => readonly string[]): void => {
    for (const line of banner(title)) lines.push(line);
    for (const line of guarded(render)) lines.push(line);
    lines.push('');
  };
  add('Guru Meditation', () => renderOverview(photograph));
  add('Package', () => renderPackage(photograph, around));
  add('Threads', () => renderThreads(photograph, around.sources));
  add('Green Threads', () => renderGreenThreads(photograph, around.sources));
  add('Processes', () => renderProcesses(photograph.processes));
  add('Configuration', () => renderConfiguration(photograph));
  for (const section of photograph.sections) add(section.title, () => renderSection(section));
  lines.push(endMarker(photograph.reportId), '');
  return lines.join('\n');
}
