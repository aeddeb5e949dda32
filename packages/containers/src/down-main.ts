import { SoundBiteError } from '@soundbite/model';
import { leaveInstallation, removeInstallation } from './down.ts';

// down-main.ts <id of the home>: `soundbite down` of a home with containers. down-main.ts <id of the home> leave: the end of a house that may be ended by Compose.
try {
  const [, , installation = '', how] = process.argv;
  await (how === 'leave' ? leaveInstallation : removeInstallation)(installation);
} catch (error) {
  if (!(error instanceof SoundBiteError)) throw error;
  const { code, message, hint } = error;
  console.error(JSON.stringify({ error: { code, message, hint } }));
  process.exitCode = 1;
}
