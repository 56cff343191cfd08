import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { LIBC_HAS_TABLES, STACK_READING, buildNativeAddon } from './support/native-addon';
import { PATIENT } from './support/patience';
import { untilAllThreadsSleep } from './support/proc';
import { mainBlock } from './support/report-text';
import { startService } from './support/service';

describe('a library that gets stuck while it is loaded', { ...PATIENT, ...STACK_READING }, () => {
  test('holds the lock of the loader, and the report comes nevertheless', async (t) => {
    const library = buildNativeAddon('stuck_library');
    const service = await startService(t, { script: 'stuck-library-service.cjs', args: [library] }).ready();
    await untilAllThreadsSleep(service.pid);
    // The first one reads V8's numbers from the file of the program: the loader would not answer.
    for (let report = 1; report <= 2; report += 1) {
      const { body } = mainBlock(await service.reportOnSignal());
      assert.match(body, /^ *state: S sleeping in (clock_)?nanosleep\b.*read from memory while blocked/m);
      if (LIBC_HAS_TABLES) {
        assert.match(body, /^ *[^\n]*stuck_library\.node/m);
      } else {
        assert.match(body, /native frames above JavaScript are not known/);
      }
      assert.match(body, /loadLibrary \(.*stuck-library-service\.cjs/);
    }
  });
});
