import { type SecretCase, Maker } from './case';
import { secretsOfFrameworks } from './frameworks';
import { secretsOfTools } from './secrets-of-tools';
import { secretsByForm } from './secrets-by-form';
import { secretsByName } from './secrets-by-name';
import { secretsInCommandsAndLogs } from './secrets-in-commands-and-logs';
import { secretsInDetail } from './secrets-in-detail';
import { secretsInObjectsAndFiles } from './secrets-in-objects-and-files';
import { secretsInArguments, secretsInTexts } from './secrets-in-texts';
import { secretsInPractice } from './secrets-in-practice';
import { secretsOfServices } from './secrets-of-services';

const maker = new Maker(7);

/** Every secret of the corpus. */
export const SECRETS: readonly SecretCase[] = [
  ...secretsByName(maker),
  ...secretsInTexts(maker),
  ...secretsInArguments(maker),
  ...secretsByForm(maker),
  ...secretsOfFrameworks(new Maker(99)),
  ...secretsInCommandsAndLogs(new Maker(4711)),
  ...secretsOfServices(new Maker(4712)),
  ...secretsInObjectsAndFiles(new Maker(4713)),
  ...secretsInPractice(new Maker(4714)),
  ...secretsOfTools(new Maker(4715)),
  ...secretsInDetail(new Maker(4716)),
];
