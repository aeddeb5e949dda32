import { type ProcessSpec, SoundBiteError } from '@soundbite/model';
import { expect, it } from 'vitest';
import { startRelay } from './relay-spec.ts';

it('a relay that does not start is the machinery’s fault, whatever release waits for it', async () => {
  const spec = { name: 'relay-staging' } as ProcessSpec;
  const failing = (code: 'process-unhealthy' | 'host-down') => ({
    ensure: () => Promise.reject(new SoundBiteError(code, 'relay-staging did not become healthy')),
  });
  await expect(startRelay(failing('process-unhealthy'), spec)).rejects.toMatchObject({
    code: 'relay-down',
    message: 'relay-staging did not become healthy',
  });
  await expect(startRelay(failing('host-down'), spec)).rejects.toMatchObject({ code: 'host-down' });
});
