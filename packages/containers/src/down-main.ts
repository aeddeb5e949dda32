import { SoundBiteError } from '@soundbite/model';
import { removeInstallation } from './down.ts';

// down-main.ts <id of the home>: `soundbite down` of a home with containers.
try {
  await removeInstallation(process.argv[2] ?? '');
} catch (error) {
  if (!(error instanceof SoundBiteError)) throw error;
  const { code, message, hint } = error;
  console.error(JSON.stringify({ error: { code, message, hint } }));
  process.exitCode = 1;
}
