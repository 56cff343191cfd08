/*
 * Command lines in data: `['redis-server', '--requirepass', 'x']`, `{ path: 'sshpass', spawnargs: ['-p', 'x'] }`.
 */
import { SHORT_OPTIONS } from './finding/command-options';
import type { MaskableRecord, MaskableValue } from './judging/maskable';

export function isTexts(value: MaskableValue): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}

/** `['redis-server', '--requirepass', 'x']`, `['net', 'use', '/password:x']` */
export function isCommandLine(list: readonly MaskableValue[]): list is readonly string[] {
  return (
    isTexts(list) &&
    list.length > 1 &&
    list.some((item) => /^--?[A-Za-z]|^\/[A-Za-z]{1,20}:(?!\/)/.test(item))
  );
}

/** The program in `{ path: 'sshpass', spawnargs: ['-p', 'x'] }`; empty when there is none. */
export function programOf(record: MaskableRecord): string {
  for (const key of PROGRAM_KEYS) {
    const value = record[key];
    if (typeof value === 'string' && SHORT_OPTIONS.has(value.slice(value.lastIndexOf('/') + 1))) return value;
  }
  return '';
}

const PROGRAM_KEYS: readonly string[] = [
  'path',
  'file',
  'command',
  'cmd',
  'program',
  'executable',
  'spawnfile',
  'name',
];
