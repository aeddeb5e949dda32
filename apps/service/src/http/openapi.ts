import type { Settings } from '../settings.ts';
export function openApiDocument(settings: Settings) {
  return { openapi: '3.1.0', info: { title: 'SoundBite', version: settings.release }, paths: {} };
}
