// Prints the list of what is in the package and what it depends on (SBOM, CycloneDX): its dependencies, and the packages
// whose code the formatter's bundle contains.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { BUNDLED } from './bundled-packages.mjs';
import { ROOT, fail, output } from './process.mjs';

function sbom(...flags) {
  const text = output('npm', ['sbom', '--sbom-format=cyclonedx', ...flags], {
    shell: process.platform === 'win32',
  });
  return text === null ? fail('sbom: npm sbom failed') : JSON.parse(text);
}

const whole = sbom();
const published = sbom('--omit=dev');
const bundled = whole.components.filter(({ name }) => BUNDLED.includes(name));
const refs = bundled.map((component) => component['bom-ref']);
published.components.push(...bundled.map(({ properties: _development, ...component }) => component));
published.dependencies.push(...whole.dependencies.filter(({ ref }) => refs.includes(ref)));
const { dependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
const expected = [...Object.keys(dependencies), ...BUNDLED].toSorted().join();
const found = published.components
  .map(({ name }) => name)
  .toSorted()
  .join();
if (found !== expected) fail(`sbom: it has ${found}, but the package has ${expected}`);
process.stdout.write(`${JSON.stringify(published, null, 2)}\n`);
