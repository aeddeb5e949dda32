import { describe, expect, it } from 'vitest';
import { readSettings } from './settings.ts';
import { variables } from './testing/settings.ts';

describe('settings', () => {
  it('are read from environment variables, an empty one being none', () => {
    const settings = readSettings({
      ...variables(),
      SOUNDBITE_PORT: '',
      SOUNDBITE_CONSUMING: 'false',
      AWS_ENDPOINT_URL: '',
    });
    expect(settings).toMatchObject({ environment: 'test', port: 0, consuming: false, endpoint: undefined });
    expect(settings.service.limits.textBytes).toBe(3000);
  });

  it('name everything that is wrong in one line', () => {
    const wrong = {
      ...variables({ voiceEngine: 'festival', maxAttempts: 0 }),
      SOUNDBITE_RELEASE: 'v1',
      SOUNDBITE_TABLE: '',
      SOUNDBITE_PORT: '70000',
      SOUNDBITE_CONTROL_TOKEN: 'short',
    };
    let message = '';
    try {
      readSettings(wrong);
    } catch (error) {
      message = (error as Error).message;
    }
    expect(message).not.toContain('\n');
    for (const name of [
      'SOUNDBITE_SETTINGS.voiceEngine',
      'SOUNDBITE_SETTINGS.maxAttempts',
      'RELEASE',
      'TABLE',
      'PORT',
      'TOKEN',
    ]) {
      expect(message).toContain(name);
    }
    expect(() => readSettings({ ...variables(), SOUNDBITE_SETTINGS: '{' })).toThrow('SOUNDBITE_SETTINGS: is no JSON');
  });
});
